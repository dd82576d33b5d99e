using System.Diagnostics;

namespace Simul.Logging.Tests;

// What the tests run on every engine.
internal static class Works
{
    public static int Count(ILogger logger)
    {
        for (int i = 1; i <= 50; i++) logger.LogInformation(new EventId(i, "count"), "{Number} of {All}", i, "fifty");
        return 50;
    }

    public static void Fail(ILogger logger)
    {
        try
        {
            ThrowDeep();
        }
        catch (InvalidOperationException error)
        {
            logger.LogError(error, "It went wrong");
        }
    }

    public static async Task ScopesAsync(ILogger logger)
    {
        using (logger.BeginScope("outer {Depth}", 1))
        {
            await Task.Yield();
            using (logger.BeginScope(new Dictionary<string, object> { ["inner"] = 2 })) logger.LogWarning("inside");
            using (logger.BeginScope("plain")) logger.LogWarning("plain inside");
        }
        logger.LogWarning("outside");
    }

    // How often the message was made.
    public static int Disabled(ILogger logger)
    {
        int made = 0;
        logger.Log(LogLevel.Debug, default, 0, null, (_, _) => $"{++made}");
        if (logger.IsEnabled(LogLevel.Debug) || !logger.IsEnabled(LogLevel.Information)) made += 100;
        logger.Log(LogLevel.Information, default, 0, null, (_, _) => $"{++made}");
        return made;
    }

    public static void Throw(ILogger logger)
    {
        logger.LogInformation("attempt {Attempt}", WorkContext.Current!.Attempt);
        if (WorkContext.Current!.Attempt < 3) throw new TimeoutException("again");
    }

    public static int LogSquare((ILogger Logger, int Value) item)
    {
        item.Logger.LogInformation("{Value}", item.Value);
        return item.Value * item.Value;
    }

    // An initializer: the logger is the worker's state.
    public static ILogger Keep(ILogger logger)
    {
        logger.LogInformation("initializer");
        return logger;
    }

    // On a thread that outlives the item.
    public static void LeaveThreadThatLogs(string gate)
    {
        var logger = WorkContext.Current!.GetState<ILogger>();
        new Thread(() =>
        {
            while (!File.Exists(gate)) Thread.Yield();
            logger.LogInformation("thread");
        }) { IsBackground = true }.Start();
    }

    private static void ThrowDeep() => throw new InvalidOperationException("deep", new FormatException("deeper"));
}
