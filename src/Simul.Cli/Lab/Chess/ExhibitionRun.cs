namespace Simul.Cli;

// What one engine took.
internal sealed record ExhibitionRun(Exhibition Exhibition, int Workers, TimeSpan Duration, TimeSpan LastReply, int Moves, TimeSpan Wall, IReadOnlyList<GameRecord> Games)
{
    public static async Task<ExhibitionRun> PlayAsync(Exhibition exhibition, ExhibitionPlan plan, int? workers, Func<TimeProvider> newClock, CancellationToken cancellation)
    {
        int count = exhibition.HasWorkers && workers is { } asked ? asked : exhibition.DefaultWorkers(plan);
        var clock = newClock();
        long begun = TimeProvider.System.GetTimestamp();
        var games = await exhibition.PlayAsync(plan, count, clock, cancellation);
        var wall = TimeProvider.System.GetElapsedTime(begun);
        var lastMove = games.Max(game => game.LastMove);
        var lastReply = games.Max(game => game.LastReply);
        return new ExhibitionRun(exhibition, count, exhibition.IsSimultaneous ? lastMove : lastReply, lastReply, games.Sum(game => game.Moves), wall, games);
    }
}
