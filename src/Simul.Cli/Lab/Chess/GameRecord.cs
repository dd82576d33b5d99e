namespace Simul.Cli;

// How one game went. Crosses process boundaries as JSON.
// Master: who played; the worker's name where there are several.
internal sealed record GameRecord(int Board, string Master, int Moves, TimeSpan LastMove, TimeSpan LastReply, List<BoardSpan>? Spans);

// A stretch at one board: her move, or the opponent's thinking.
internal readonly record struct BoardSpan(bool Hers, TimeSpan Start, TimeSpan End);
