namespace Simul.Cli;

internal sealed class LoopProbe(TimeProvider clock) : EngineProbe(clock)
{
    private const int Most = 1_000_000;
    private const int Batch = 10_000;
    private const long MostBytes = 2L << 30;
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(1.5);

    public override string Engine => "loop";

    protected override Executor Create(int workers, WorkObserver? observer = null) => new LoopExecutor(new LoopExecutorOptions { Workers = Math.Max(workers, 16), Observer = observer });

    protected override Task<int> SleepAsync(Executor engine, int milliseconds) => engine.SubmitAsync(TableWork.SleepAsync, milliseconds);

    protected override Task<TableWork.Ticks> TickAsync(Executor engine, int milliseconds) => engine.SubmitAsync(TableWork.TickAsync, milliseconds);

    protected override Task<int> SpinForAsync(Executor engine, int milliseconds) => engine.SubmitAsync(TableWork.SpinForAsync, milliseconds);

    // Loop tasks that wait, all at once, on one loop.
    protected override Task<double> ScaleAsync(CancellationToken token) => Task.Run(() => EventLoop.Run(async () =>
    {
        int live = 0;
        long began = Clock.GetTimestamp();
        long before = GC.GetTotalMemory(false);
        await TaskGroup.RunAsync(async group =>
        {
            while (live < Most && Clock.GetElapsedTime(began) < s_budget && GC.GetTotalMemory(false) - before < MostBytes)
            {
                token.ThrowIfCancellationRequested();
                for (int i = 0; i < Batch; i++)
                {
                    _ = group.Spawn(async () =>
                    {
                        live++;
                        await EventLoop.Delay(TimeSpan.FromHours(1));
                    });
                }
                await EventLoop.Yield(); // they begin
            }
            group.Cancel();
        });
        return (double)live;
    }), token);
}
