using System.Diagnostics;

namespace Simul.Processes.Tests.Contract;

// What the contract's tests run, on whatever engine: static methods that tell of themselves by files.
internal static class Works
{
    public static int Three() => 3;

    public static int ThreeOr(CancellationToken token) => token.IsCancellationRequested ? 0 : 3;

    public static async Task<int> ThreeAsync()
    {
        await Task.Yield();
        return 3;
    }

    public static async Task<int> ThreeOrAsync(CancellationToken token)
    {
        await Task.Delay(1, token);
        return 3;
    }

    public static int SquareOr(int x, CancellationToken token) => token.IsCancellationRequested ? 0 : x * x;

    public static async Task<int> SquareAsync(int x)
    {
        await EventLoop.Yield();
        return x * x;
    }

    public static async Task<int> SquareOrAsync(int x, CancellationToken token)
    {
        await Task.Delay(1, token);
        return x * x;
    }

    // Says that it has begun, and ends when its gate opens or its token is cancelled.
    public static async Task<int> HoldAsync((string Begun, string Gate) files, CancellationToken token)
    {
        File.AppendAllText(files.Begun, "begun\n");
        while (!File.Exists(files.Gate)) await Task.Delay(2, token);
        return 1;
    }

    // The same, deaf and blocking.
    public static int Block((string Begun, string Gate) files)
    {
        File.AppendAllText(files.Begun, "begun\n");
        while (!File.Exists(files.Gate)) Thread.Sleep(1);
        return 1;
    }

    public static int ThrowAt3(int x) => x == 3 ? throw new FormatException($"not {x}") : x * 10;

    // On the loop, like those that hold it up, so that the order of beginning shows.
    public static async Task<int> AppendAsync((string Log, int Value) item)
    {
        await Task.CompletedTask;
        return Jobs.Append(item);
    }

    // Writes the number of its attempt, and fails before the third.
    public static int FailTwice(string log)
    {
        int attempt = WorkContext.Current!.Attempt;
        File.AppendAllText(log, $"{attempt}\n");
        return attempt > 2 ? attempt : throw new FormatException($"attempt {attempt}");
    }

    public static async Task<int> FailTwiceAsync(string log)
    {
        await EventLoop.Yield();
        return FailTwice(log);
    }

    public static int FailTimes((string Log, int Times) item)
    {
        File.AppendAllText(item.Log, "tried\n");
        int attempt = File.ReadAllLines(item.Log).Length;
        return attempt > item.Times ? item.Times : throw new FormatException($"attempt {attempt}");
    }

    public static int CrashTwice(string log)
    {
        int attempt = WorkContext.Current!.Attempt;
        return attempt > 2 ? attempt : CrashAlways(log);
    }

    public static int CrashAlways(string log)
    {
        File.AppendAllText(log, "tried\n");
        return Jobs.KillMyself(9);
    }

    public static async Task<int> SumOfStateAsync()
    {
        await Task.Yield();
        return WorkContext.Current!.GetState<List<int>>().Sum();
    }

    public sealed class Resource(string log) : IDisposable
    {
        public void Dispose() => File.AppendAllText(log, "disposed\n");
    }

    public static int CountTo50(IProgress<int> progress)
    {
        for (int i = 1; i <= 50; i++) progress.Report(i);
        return 50;
    }

    public static (string Trace, string Baggage, string State) CurrentActivity() =>
        (Activity.Current?.TraceId.ToString() ?? "", Activity.Current?.GetBaggageItem("who") ?? "", Activity.Current?.TraceStateString ?? "");

    public static async Task<(string Trace, string Baggage, string State)> CurrentActivityAsync()
    {
        await EventLoop.Yield();
        return CurrentActivity();
    }

    // As a worker's state it listens until the worker ends.
    public static ActivityListener LogSpans(string log)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static s => s.Name == TelemetryNames.ActivitySource,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => File.AppendAllText(log, $"{span.DisplayName} {span.Status} {span.TraceId} {span.GetTagItem("simul.engine")}\n"),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    // Fails now and then, and takes a moment now and then.
    public static int Odd(int x, CancellationToken token)
    {
        if (x % 10 == 0) token.WaitHandle.WaitOne(5);
        return x % 7 == 0 && WorkContext.Current!.Attempt < 3 ? throw new FormatException("odd") : x;
    }

    public static async Task<int> OddAsync(int x, CancellationToken token)
    {
        if (x % 10 == 0) await Task.Delay(3, token);
        await EventLoop.Yield();
        return x % 7 == 0 && WorkContext.Current!.Attempt < 2 ? throw new FormatException("odd") : x;
    }
}
