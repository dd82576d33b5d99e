namespace Simul.Cli;

// One measured cell of the table. Row: waiting, cores, scale, blocking, gil. The verdict follows from the value alone
// (TableVerdict).
internal sealed record TableRow(string Row, string Engine, string Verdict, double Value, string Unit);
