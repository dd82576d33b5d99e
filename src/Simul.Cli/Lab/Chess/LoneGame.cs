namespace Simul.Cli;

// A master who plays one game and waits, blocked, while her opponent thinks.
internal static class LoneGame
{
    public static GameRecord Play(Board board, ExhibitionPlan plan, TimeProvider clock, CancellationToken cancellation)
    {
        while (!board.IsOver)
        {
            board.SitDown();
            clock.Sleep(plan.Player, cancellation);
            board.Move();
            clock.Sleep(plan.Opponent, cancellation);
            board.Reply();
        }
        return board.Record;
    }

    // The same as a work item, on whatever worker it lands.
    public static GameRecord PlayItem(LoneGameItem item, CancellationToken cancellation)
    {
        var context = WorkContext.Current!;
        var board = new Board(item.Board, item.Plan, context.Clock, item.Start) { Master = context.Worker };
        return Play(board, item.Plan, context.Clock, cancellation);
    }
}

// Start: the exhibition's start on the clock that all workers share.
internal sealed record LoneGameItem(int Board, ExhibitionPlan Plan, long Start);
