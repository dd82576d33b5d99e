namespace Simul.Cli;

// The answer of `compare --json`. Recommended is null when no engine got through.
internal sealed record CompareReport(string Method, int Inputs, int Cores, IReadOnlyList<EngineFigure> Engines, string? Recommended, string Reason);
