namespace Simul.Cli;

// One board after the other, and she waits at each: twelve hours.
internal sealed class SyncExhibition() : Exhibition("sync", "one board at a time: she waits for every reply")
{
    public override bool IsSimultaneous => false;

    public override Task<IReadOnlyList<GameRecord>> PlayAsync(ExhibitionPlan plan, int workers, TimeProvider clock, CancellationToken cancellation)
    {
        long start = clock.GetTimestamp();
        var games = new List<GameRecord>(plan.Boards);
        for (int number = 1; number <= plan.Boards; number++)
            games.Add(LoneGame.Play(new Board(number, plan, clock, start), plan, clock, cancellation));
        return Task.FromResult<IReadOnlyList<GameRecord>>(games);
    }
}
