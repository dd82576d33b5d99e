namespace Simul.Cli;

// From figures to words, the same for Simul and for Python.
internal static class TableVerdict
{
    // One item blocks for so long in the row `blocking`.
    public static readonly TimeSpan Block = TimeSpan.FromMilliseconds(250);

    // figures: what was measured of one engine, by row.
    public static List<TableRow> Rows(string engine, IReadOnlyDictionary<string, double> figures)
    {
        // Who can be held up by a neighbour's blocking call gets his turn by that neighbour's courtesy.
        bool cooperative = figures.TryGetValue("blocking", out double heldUp) && heldUp >= Block.TotalMilliseconds / 2;
        var rows = new List<TableRow>();
        foreach (var (row, value) in figures)
        {
            var (verdict, unit, digits) = row switch
            {
                // Tens and hundreds apart, hundreds and thousands apart; 5 ms ticks beside work that
                // yields every millisecond may come a fifth later, beside a held interpreter lock twice as late.
                // Overlapping at least half of what could overlap.
                "waiting" => (value < EngineProbe.Sleepers / 2.0 ? "no" : cooperative ? "yes (cooperative)" : "yes (pre-emptive)", "x", 2),
                "cores" => (value >= 1.5 ? "yes" : "no", "x", 2),
                "scale" => (value < 500 ? "low" : value < 20_000 ? "medium" : "high", "live at once", 0),
                "blocking" => (cooperative ? "no" : "yes", "ms the others were held up", 1),
                "gil" => (value < 1.75 ? "no" : "some", "x slower ticks", 2),
                _ => throw new ArgumentOutOfRangeException(nameof(figures), row, "No such row."),
            };
            rows.Add(new TableRow(row, engine, verdict, Math.Round(value, digits), unit));
        }
        return rows;
    }
}
