using Simul.Bench.Measuring;
using Simul.Cli;

namespace Simul.Bench.Scenarios;

/// <summary>The simultaneous exhibition in virtual time, played by the tool's own code on one event loop.</summary>
internal static class ChessScenario
{
    private const int Pairs = 30;
    private static readonly TimeSpan Player = TimeSpan.FromSeconds(5), Opponent = TimeSpan.FromSeconds(55);

    public static async Task RunAsync(int boards)
    {
        var loop = Exhibition.All.First(e => e.Engine == "loop");
        var plan = new ExhibitionPlan(boards, Pairs, Player, Opponent);
        var walls = await Measure.PerOperationAsync(1_000_000, async () => await PlayAsync(loop, plan));
        Measure.Emit("chess", $"wall_{boards}", walls, "ms", boards * Pairs * 2L);
    }

    private static async Task PlayAsync(Exhibition exhibition, ExhibitionPlan plan)
    {
        var clock = new VirtualTimeProvider();
        var games = await exhibition.PlayAsync(plan, 1, clock, CancellationToken.None);
        // She never waits: one move after the other, at every board once a round.
        var expected = plan.Boards * plan.Pairs * Player;
        if (games.Max(g => g.LastMove) != expected && plan.Boards * Player > Player + Opponent)
            throw new InvalidOperationException($"Her last move came at {games.Max(g => g.LastMove)}, not at {expected}.");
    }
}
