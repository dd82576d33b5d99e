namespace Simul.Cli;

// Measures the table's rows on one engine. Each row starts a fresh executor, and begins when its workers are up: what a
// worker costs to start is the business of the row `scale`.
internal abstract class EngineProbe(TimeProvider clock)
{
    public const int Sleepers = 8;
    private const int SleepMilliseconds = 100;
    private const int TickMilliseconds = 300;
    private const int Repeats = 3;

    // Enough rounds for about 100 ms, measured once in this process.
    private static readonly Lazy<long> s_rounds = new(Calibrate);

    public abstract string Engine { get; }

    protected TimeProvider Clock => clock;

    // Hears what the row waiting runs, for the report.
    public WorkObserver? Observer { get; init; }

    public async Task<Dictionary<string, double>> MeasureAsync(Action<string> begins, CancellationToken token)
    {
        var figures = new Dictionary<string, double>();
        foreach (var (row, measure) in ((string, Func<CancellationToken, Task<double>>)[])
            [("waiting", WaitingAsync), ("cores", CoresAsync), ("scale", ScaleAsync), ("blocking", BlockingAsync), ("gil", GilAsync)])
        {
            token.ThrowIfCancellationRequested();
            begins(row);
            figures[row] = await measure(token);
        }
        return figures;
    }

    protected abstract Executor Create(int workers, WorkObserver? observer = null);

    protected abstract Task<int> SleepAsync(Executor engine, int milliseconds);

    protected abstract Task<TableWork.Ticks> TickAsync(Executor engine, int milliseconds);

    protected abstract Task<int> SpinForAsync(Executor engine, int milliseconds);

    // How many items can be under way at once, within a bound of time and of memory.
    protected abstract Task<double> ScaleAsync(CancellationToken token);

    // One sleep after another against all at once.
    private async Task<double> WaitingAsync(CancellationToken token)
    {
        await using var engine = Create(Sleepers, Observer);
        await WarmUpAsync(engine, Sleepers);
        double one = await TimeAsync(() => SleepAsync(engine, SleepMilliseconds));
        double all = await TimeAsync(() => Task.WhenAll(Enumerable.Range(0, Sleepers).Select(_ => SleepAsync(engine, SleepMilliseconds))));
        return one * Sleepers / all;
    }

    // Two computations one after the other against both at once, on two workers.
    private async Task<double> CoresAsync(CancellationToken token)
    {
        await using var engine = Create(2);
        await WarmUpAsync(engine, 2);
        Task<long> Compute() => engine.SubmitAsync(TableWork.Spin, s_rounds.Value, cancellationToken: token);
        await Task.WhenAll(Compute(), Compute()); // compiled, in every worker
        double serial = double.MaxValue, parallel = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            serial = Math.Min(serial, await TimeAsync(async () => { await Compute(); await Compute(); }));
            parallel = Math.Min(parallel, await TimeAsync(() => Task.WhenAll(Compute(), Compute())));
        }
        return serial / parallel;
    }

    // The longest pause of one item's ticks while another item makes a blocking call.
    private async Task<double> BlockingAsync(CancellationToken token)
    {
        await using var engine = Create(2);
        await WarmUpAsync(engine, 2);
        var ticking = TickAsync(engine, (int)TableVerdict.Block.TotalMilliseconds + 100);
        var blocking = engine.SubmitAsync(TableWork.Sleep, (int)TableVerdict.Block.TotalMilliseconds, cancellationToken: token);
        await blocking;
        return (await ticking).LongestMilliseconds;
    }

    // How much slower one item's ticks come while another item computes.
    private async Task<double> GilAsync(CancellationToken token)
    {
        await using var engine = Create(2);
        await WarmUpAsync(engine, 2);
        double alone = (await TickAsync(engine, TickMilliseconds)).TypicalMilliseconds;
        var computing = SpinForAsync(engine, TickMilliseconds + 50);
        double beside = (await TickAsync(engine, TickMilliseconds)).TypicalMilliseconds;
        await computing;
        return beside / alone;
    }

    private Task WarmUpAsync(Executor engine, int workers) => Task.WhenAll(Enumerable.Range(0, workers).Select(_ => SleepAsync(engine, 5)));

    private async Task<double> TimeAsync(Func<Task> work)
    {
        long began = clock.GetTimestamp();
        await work();
        return clock.GetElapsedTime(began).TotalSeconds;
    }

    private static long Calibrate()
    {
        var clock = TimeProvider.System;
        TableWork.Spin(5_000_000);
        long began = clock.GetTimestamp();
        TableWork.Spin(5_000_000);
        return (long)(5_000_000 * 0.1 / clock.GetElapsedTime(began).TotalSeconds);
    }
}
