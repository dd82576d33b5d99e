namespace Simul.Cli;

// How one game went. Spans: move by move, where the plan asks for them.
internal sealed record GameRecord(int Board, int Moves, TimeSpan LastMove, TimeSpan LastReply, IReadOnlyList<BoardSpan>? Spans = null)
{
    public static GameRecord Of(int board, IReadOnlyList<BoardSpan> spans) => new(
        board, spans.Count(span => span.Hers), spans.Last(span => span.Hers).End, spans.Last(span => !span.Hers).End, spans);
}
