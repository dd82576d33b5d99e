namespace Simul.Cli;

// One command of a run. Item: its line of the file; null for a copy.
internal sealed record RunJob(int Index, string? Item, IReadOnlyList<string> Command);
