namespace Simul.Cli;

// How a game on a worker went.
internal readonly record struct LoneGameResult(int Moves, TimeSpan LastMove, TimeSpan LastReply);
