namespace Simul.Cli;

// As many masters as processes; each plays one game at a time, blocked while her opponent thinks.
internal sealed class ProcessExhibition() : Exhibition("processes", "a master a process: each waits at one board")
{
    public override bool IsSimultaneous => false;

    public override bool HasWorkers => true;

    public override int DefaultWorkers(ExhibitionPlan plan) => Math.Min(plan.Boards, ThreadExhibition.MostByDefault);

    public override async Task<IReadOnlyList<GameRecord>> PlayAsync(ExhibitionPlan plan, int workers, TimeProvider clock, CancellationToken cancellation)
    {
        await using var engine = new ProcessExecutor(new ProcessExecutorOptions { Workers = workers, Clock = clock });
        return await ThreadExhibition.PlayOnAsync(engine, plan, clock, cancellation);
    }
}
