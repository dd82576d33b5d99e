using System.Globalization;

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
    public static LoneGameResult PlayItem(LoneGameItem item, CancellationToken cancellation)
    {
        var game = PlayHere(item, cancellation);
        return new LoneGameResult(game.Moves, game.LastMove, game.LastReply);
    }

    // And with every move on record.
    public static BoardSpan[] RecordItem(LoneGameItem item, CancellationToken cancellation) => [.. PlayHere(item, cancellation).Spans!];

    private static GameRecord PlayHere(LoneGameItem item, CancellationToken cancellation)
    {
        var context = WorkContext.Current!;
        var board = new Board(item.Board, item.Plan, context.Clock, item.Start) { Master = Number(context.Worker) };
        return Play(board, item.Plan, context.Clock, cancellation);
    }

    // thread-3, process-3: master 3.
    private static int Number(string worker) =>
        int.TryParse(worker.AsSpan(worker.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 1;
}
