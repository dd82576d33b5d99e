namespace Simul.Cli;

// Start: the exhibition's start on the clock that all workers share.
internal readonly record struct LoneGameItem(int Board, ExhibitionPlan Plan, long Start);
