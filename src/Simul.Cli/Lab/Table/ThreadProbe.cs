namespace Simul.Cli;

internal sealed class ThreadProbe(TimeProvider clock) : EngineProbe(clock)
{
    // Each thread takes several memory maps, and the kernel grants a process 65,530: near 20,000 threads the runtime aborts
    // instead of throwing. So no further than half of that.
    private const int Most = 10_000;
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(1.5);

    public override string Engine => "threads";

    protected override Executor Create(int workers, WorkObserver? observer = null) => new ThreadExecutor(new ThreadExecutorOptions { Workers = workers, Observer = observer });

    protected override Task<int> SleepAsync(Executor engine, int milliseconds) => engine.SubmitAsync(TableWork.Sleep, milliseconds);

    protected override Task<TableWork.Ticks> TickAsync(Executor engine, int milliseconds) => engine.SubmitAsync(TableWork.Tick, milliseconds);

    protected override Task<int> SpinForAsync(Executor engine, int milliseconds) => engine.SubmitAsync(TableWork.SpinFor, milliseconds);

    // Threads that are all up and blocked.
    protected override async Task<double> ScaleAsync(CancellationToken token)
    {
        int live = 0;
        using var gate = new ManualResetEventSlim();
        int Block()
        {
            Interlocked.Increment(ref live);
            gate.Wait(CancellationToken.None);
            return 0;
        }
        await using var engine = Create(Most);
        var all = new List<Task>(Most);
        long began = Clock.GetTimestamp();
        await Task.Run(
            () =>
            {
                while (all.Count < Most && Clock.GetElapsedTime(began) < s_budget && !token.IsCancellationRequested) all.Add(engine.SubmitAsync(Block, cancellationToken: CancellationToken.None));
            },
            CancellationToken.None);
        int reached = Volatile.Read(ref live);
        gate.Set();
        await Task.WhenAll(all);
        return reached;
    }
}
