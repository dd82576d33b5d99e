namespace Simul.Cli;

// What `simul chess --json` prints. Durations in seconds; moves are hers.
internal sealed record ChessResult(int Boards, int Pairs, IReadOnlyList<ChessResultRun> Runs);

internal sealed record ChessResultRun(string Engine, int Workers, double DurationS, double LastReplyS, int Moves, double WallS, double Speedup);
