using Microsoft.Extensions.Logging.Abstractions;

namespace Simul.Logging.Tests;

// What only worker processes are asked to do.
internal static class RemoteWorks
{
    private static ILogger? s_own;

    public static void Flood((ILogger Logger, int Count, SharedArray<int> Logged) item)
    {
        for (int i = 0; i < item.Count; i++)
        {
            item.Logger.LogInformation("Entry {Number} of {Count}", i, item.Count);
            Volatile.Write(ref item.Logged[0], i + 1);
        }
    }

    public static int Huge((ILogger Logger, int Length) item)
    {
        item.Logger.LogInformation("{Text}", new string('x', item.Length));
        return item.Length;
    }

    public static void Values(ILogger logger) => logger.LogInformation(
        "{Nothing} {Flag} {Half} {Money} {When} {Span} {Id} {Day} {Numbers} {Nested} {Bytes} {Opaque} {Broken} {Loop}",
        null, true, 0.5, 1.10m, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), TimeSpan.FromSeconds(7), Guid.Empty, DayOfWeek.Friday,
        new[] { 1, 2 }, new List<object?> { "a", null, new[] { 'b' } }, new byte[] { 1, 2 }, new Opaque(), new BrokenOnce(), MakeLoop());

    public static void FailOddly(ILogger logger)
    {
        try
        {
            throw new OddException(7);
        }
        catch (OddException error)
        {
            logger.LogError(error, "odd");
        }
    }

    public static void LogAndDie(ILogger logger)
    {
        for (int i = 0; i < 100; i++) logger.LogInformation("{Number}", i);
        Native.Kill(Environment.ProcessId, 9);
    }

    public static void LogForEver((ILogger Logger, string Begun) item)
    {
        string text = new('x', 100_000);
        for (int i = 0; ; i++)
        {
            item.Logger.LogInformation("{Number} {Text}", i, text);
            if (i == 3) File.WriteAllText(item.Begun, $"{Environment.ProcessId}");
        }
    }

    public static async Task NestAsync(ILogger logger)
    {
        await using var inner = new ProcessExecutor(new ProcessExecutorOptions { Name = "inner", Workers = 1 }.WithLogging());
        using (logger.BeginScope("middle"))
        {
            await inner.SubmitAsync(l =>
            {
                using (l.BeginScope("deep")) l.LogWarning("from {Depth}", 2);
            }, logger);
        }
    }

    // In a worker of a worker.
    public static async Task NestOwnAsync()
    {
        using var loggers = LoggerFactory.Create(static logging => logging.AddProvider(new WorkerLoggerProvider()));
        await using var inner = new ProcessExecutor(new ProcessExecutorOptions { Name = "inner", Workers = 1 }.WithLogging(loggers));
        await inner.SubmitAsync(static () =>
        {
            MakeOwn();
            Console.WriteLine("printed");
            return LogOwn(5);
        });
    }

    // Code that makes its own loggers.
    public static void MakeOwn()
    {
        var factory = LoggerFactory.Create(static logging => logging.AddFilter("quiet", LogLevel.Error).AddProvider(new WorkerLoggerProvider()));
        s_own = factory.CreateLogger("own");
        factory.CreateLogger("quiet").LogInformation("filtered in the worker");
        s_own.LogInformation("initializer");
    }

    public static int LogOwn(int number)
    {
        using (s_own!.BeginScope("item {Item}", number)) s_own!.LogWarning("own {Number}", number);
        return number;
    }

    public static void OwnThread() => new Thread(static () => s_own!.LogInformation("thread")).Start(); // a foreground one: the worker's end waits for it

    public static void OwnAndDie()
    {
        for (int i = 0; i < 100; i++) s_own!.LogInformation("{Number}", i);
        Native.Kill(Environment.ProcessId, 9);
    }

    public static bool OwnIsEnabled() => new WorkerLoggerProvider().CreateLogger("x").IsEnabled(LogLevel.Critical);

    public static ILogger ReturnLogger() => NullLogger.Instance;

    public static void Print()
    {
        Console.Out.WriteLine("to output");
        Console.Error.WriteLine("to error");
    }

    private static Dictionary<string, object> MakeLoop()
    {
        var loop = new Dictionary<string, object>();
        loop["self"] = loop;
        return loop;
    }

    public sealed class OddException(int number) : Exception($"odd {number}");

    // No serializer could make it again.
    public sealed class Opaque
    {
        private readonly Thread _thread = Thread.CurrentThread;

        public object Trap => throw new InvalidOperationException($"looked at from {_thread.Name}");

        public override string ToString() => "opaque";
    }

    // The formatter has its text; the second time there is none.
    public sealed class BrokenOnce
    {
        private bool _done;

        public override string ToString()
        {
            if (_done) throw new InvalidOperationException("no text");
            _done = true;
            return "once";
        }
    }
}
