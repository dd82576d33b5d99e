namespace Simul.Cli;

internal sealed class ProcessProbe(TimeProvider clock) : EngineProbe(clock)
{
    private const int Most = 200;
    private static readonly int s_atATime = 2 * Environment.ProcessorCount;
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(1.5);

    public override string Engine => "processes";

    protected override Executor Create(int workers, WorkObserver? observer = null) => new ProcessExecutor(new ProcessExecutorOptions { Workers = workers, Observer = observer });

    protected override Task<int> SleepAsync(Executor engine, int milliseconds) => engine.SubmitAsync(TableWork.Sleep, milliseconds);

    protected override Task<TableWork.Ticks> TickAsync(Executor engine, int milliseconds) => engine.SubmitAsync(TableWork.Tick, milliseconds);

    protected override Task<int> SpinForAsync(Executor engine, int milliseconds) => engine.SubmitAsync(TableWork.SpinFor, milliseconds);

    // Worker processes that are all up and hold an item.
    protected override async Task<double> ScaleAsync(CancellationToken token)
    {
        var counter = new StartCounter();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        await using var engine = Create(Most, counter);
        var all = new List<Task>();
        long began = Clock.GetTimestamp();
        while (counter.Count < Most && Clock.GetElapsedTime(began) < s_budget && !token.IsCancellationRequested)
        {
            // A few at a time: those that are still starting when the time is over were started for nothing.
            while (all.Count < Math.Min(Most, counter.Count + s_atATime)) all.Add(engine.SubmitAsync(TableWork.Hold, all.Count, cancellationToken: stop.Token));
            await Task.Delay(TimeSpan.FromMilliseconds(5), Clock, CancellationToken.None);
        }
        int reached = counter.Count;
        await stop.CancelAsync();
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return reached;
    }

    private sealed class StartCounter : WorkObserver
    {
        private int _started; // from many threads

        public int Count => Volatile.Read(ref _started);

        public override void Started(in WorkEvent work) => Interlocked.Increment(ref _started);
    }
}
