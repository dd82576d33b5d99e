namespace Simul.Cli;

// One loop a core: as many masters as cores, each going from table to table among her share of the boards.
internal sealed class LoopsExhibition() : Exhibition("loops", "one event loop a core: a master on each, table to table")
{
    private readonly LoopExhibition _one = new("loops", "", AsyncGame.PlayAsync);

    public override bool HasWorkers => true;

    public override int DefaultWorkers(ExhibitionPlan plan) => Math.Min(Environment.ProcessorCount, plan.Boards);

    public override async Task<IReadOnlyList<GameRecord>> PlayAsync(ExhibitionPlan plan, int workers, TimeProvider clock, CancellationToken cancellation)
    {
        long start = clock.GetTimestamp();
        var boards = Enumerable.Range(1, plan.Boards).Select(number => new Board(number, plan, clock, start) { Master = number % workers + 1 }).ToList();
        await using var loops = new EventLoopGroup(new EventLoopGroupOptions { Count = workers, Loop = _one.Options with { Clock = clock } });
        // Until every master has her boards, a virtual clock stands.
        var starting = (clock as VirtualTimeProvider)?.Join("masters going to their boards");
        var masters = Enumerable.Range(0, workers)
            .Select(share => loops.SubmitAsync(share, () => _one.PlayAsync([.. boards.Where(board => board.Number % workers == share)], plan), cancellation))
            .ToList();
        starting?.Dispose();
        await Task.WhenAll(masters);
        return [.. boards.Select(board => board.Record)];
    }
}
