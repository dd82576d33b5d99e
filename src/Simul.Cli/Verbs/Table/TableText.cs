using System.Globalization;

namespace Simul.Cli;

// The table for people: a row a property, a column an engine.
internal static class TableText
{
    private static readonly (string Row, string Title)[] s_rows =
    [
        ("waiting", "optimises waiting"), ("cores", "uses all cores"), ("scale", "scale"), ("blocking", "blocking std lib calls"), ("gil", "interference (GIL)"),
    ];

    public static void Show(TableResult result)
    {
        Write("Simul", result.Rows);
        if (result.Python.Count > 0) Write("Python", result.Python);
    }

    public static string Figure(TableRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.Verdict}: {row.Value:#,0.##} {row.Unit}");

    private static void Write(string title, IReadOnlyList<TableRow> rows)
    {
        string[] engines = [.. rows.Select(r => r.Engine).Distinct()];
        var table = new TextTable([title, .. engines]);
        foreach (var (row, name) in s_rows)
            table.Add([name, .. engines.Select(e => rows.FirstOrDefault(r => r.Row == row && r.Engine == e) is { } cell ? new TextTable.Cell(Figure(cell)) : "-")]);
        table.Write();
    }
}
