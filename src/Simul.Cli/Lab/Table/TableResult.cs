namespace Simul.Cli;

// The answer of `table --json`. Python is empty where there is no python3.
internal sealed record TableResult(IReadOnlyList<TableRow> Rows, IReadOnlyList<TableRow> Python);
