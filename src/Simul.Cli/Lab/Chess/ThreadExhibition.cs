namespace Simul.Cli;

// As many masters as threads; each plays one game at a time, blocked while her opponent thinks.
internal sealed class ThreadExhibition() : Exhibition("threads", "a master a thread: each waits at one board")
{
    public const int MostByDefault = 24;

    public override bool IsSimultaneous => false;

    public override bool HasWorkers => true;

    public override int DefaultWorkers(ExhibitionPlan plan) => Math.Min(plan.Boards, MostByDefault);

    public override async Task<IReadOnlyList<GameRecord>> PlayAsync(ExhibitionPlan plan, int workers, TimeProvider clock, CancellationToken cancellation)
    {
        await using var engine = new ThreadExecutor(new ThreadExecutorOptions { Workers = workers, Clock = clock });
        return await PlayOnAsync(engine, plan, clock, cancellation);
    }

    // On any engine with blocking workers.
    public static async Task<IReadOnlyList<GameRecord>> PlayOnAsync(Executor engine, ExhibitionPlan plan, TimeProvider clock, CancellationToken cancellation)
    {
        // While the games are handed out, the clock stands.
        var handingOut = (clock as VirtualTimeProvider)?.Join("games handed out");
        long start = clock.GetTimestamp();
        var items = Enumerable.Range(1, plan.Boards).Select(number => new LoneGameItem(number, plan, start));
        var games = plan.KeepsSpans ? items.Select(RecordAsync).ToList() : items.Select(PlayAsync).ToList();
        handingOut?.Dispose();
        return await Task.WhenAll(games);

        async Task<GameRecord> PlayAsync(LoneGameItem item)
        {
            var game = await engine.SubmitAsync(LoneGame.PlayItem, item, cancellationToken: cancellation);
            return new GameRecord(item.Board, game.Moves, game.LastMove, game.LastReply);
        }

        async Task<GameRecord> RecordAsync(LoneGameItem item) =>
            GameRecord.Of(item.Board, await engine.SubmitAsync(LoneGame.RecordItem, item, cancellationToken: cancellation));
    }
}
