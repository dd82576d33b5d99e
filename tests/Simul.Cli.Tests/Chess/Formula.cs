namespace Simul.Cli.Tests;

// What arithmetic says an exhibition takes. The tool never computes it: it plays, and reads the clock.
//
// Table to table she starts a round every `cycle`: as long as she needs for all boards, or, where those are few, as long as
// a move and its reply take. In round k she leaves board i at (k - 1) * cycle + i * move.
internal static class Formula
{
    public static TimeSpan OneByOne(ExhibitionPlan plan) => plan.Boards * Game(plan);

    public static TimeSpan LastMove(ExhibitionPlan plan, int board) => (plan.Pairs - 1) * Cycle(plan) + board * plan.Player;

    public static TimeSpan TableToTable(ExhibitionPlan plan) => LastMove(plan, plan.Boards);

    // Masters who share the boards and go from table to table; the largest share takes longest.
    public static TimeSpan Loops(ExhibitionPlan plan, int masters) => TableToTable(plan with { Boards = (plan.Boards + masters - 1) / masters });

    // Masters who each wait at one board.
    public static TimeSpan Waiting(ExhibitionPlan plan, int masters) => (plan.Boards + masters - 1) / masters * Game(plan);

    private static TimeSpan Game(ExhibitionPlan plan) => plan.Pairs * (plan.Player + plan.Opponent);

    private static TimeSpan Cycle(ExhibitionPlan plan)
    {
        var round = plan.Boards * plan.Player;
        var pair = plan.Player + plan.Opponent;
        return round > pair ? round : pair;
    }
}
