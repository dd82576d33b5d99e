using Spectre.Console;

namespace Simul.Cli;

// A table of results. On a terminal it is drawn, fitted to the width and coloured; in a pipe or a file it is aligned text,
// a line a row and nothing cut off, so that grep and awk work on it.
internal sealed class TextTable(params string[] headers)
{
    private readonly List<Cell[]> _rows = [];

    // Columns of numbers stand to the right.
    public HashSet<int> RightAligned { get; } = [];

    public bool HasHeader { get; init; } = true;

    // The last column is a sentence. On a terminal too narrow for it, the sentences stand below the table.
    public bool LastIsRemark { get; init; }

    // Style: a Spectre style such as "green" or "dim"; heeded on a terminal only.
    public readonly record struct Cell(string Text, string? Style = null)
    {
        public static implicit operator Cell(string text) => new(text);
    }

    public void Add(params Cell[] cells) => _rows.Add(cells);

    public void Write()
    {
        if (Console.IsOutputRedirected) WritePlain();
        else WriteDrawn();
    }

    private void WriteDrawn()
    {
        bool below = LastIsRemark && NaturalWidth() > Terminal.Out.Profile.Width;
        int columns = below ? headers.Length - 1 : headers.Length;
        var table = new Table { Border = HasHeader ? TableBorder.Rounded : TableBorder.None, ShowHeaders = HasHeader };
        for (int i = 0; i < columns; i++)
        {
            var column = new TableColumn(Markup.Escape(headers[i]));
            if (RightAligned.Contains(i)) column.RightAligned();
            if (i < 2) column.NoWrap();
            table.AddColumn(column);
        }
        foreach (var row in _rows)
            table.AddRow(row.Take(columns).Select(Drawn));
        Terminal.Out.Write(table);
        if (below) WriteRemarks();
        // Without a border the last line is left open.
        if (!HasHeader) Terminal.Out.WriteLine();
    }

    private static Markup Drawn(Cell cell) => new(cell.Style is null ? Markup.Escape(cell.Text) : $"[{cell.Style}]{Markup.Escape(cell.Text)}[/]");

    // With two blanks and a border to each column, and one border more.
    private int NaturalWidth() => Widths(Lines()).Sum() + 3 * headers.Length + 1;

    private void WriteRemarks()
    {
        var remarks = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(2, 0, 2, 0) }).AddColumn();
        foreach (var row in _rows) remarks.AddRow(Drawn(row[0]), Drawn(row[^1]));
        Terminal.Out.Write(remarks);
    }

    private List<string[]> Lines()
    {
        var lines = _rows.Select(r => r.Select(c => c.Text).ToArray()).ToList();
        if (HasHeader) lines.Insert(0, headers);
        return lines;
    }

    private int[] Widths(List<string[]> lines)
    {
        var widths = new int[headers.Length];
        foreach (string[] line in lines)
        {
            for (int i = 0; i < line.Length; i++) widths[i] = Math.Max(widths[i], line[i].Length);
        }
        return widths;
    }

    private void WritePlain()
    {
        var lines = Lines();
        int[] widths = Widths(lines);
        foreach (string[] line in lines)
        {
            var cells = line.Select((text, i) => RightAligned.Contains(i) ? text.PadLeft(widths[i]) : text.PadRight(widths[i]));
            Console.Out.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
