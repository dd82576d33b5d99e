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
        var table = new Table { Border = HasHeader ? TableBorder.Rounded : TableBorder.None, ShowHeaders = HasHeader };
        for (int i = 0; i < headers.Length; i++)
        {
            var column = new TableColumn(Markup.Escape(headers[i]));
            if (RightAligned.Contains(i)) column.RightAligned();
            if (i < 2) column.NoWrap();
            table.AddColumn(column);
        }
        foreach (var row in _rows)
            table.AddRow([.. row.Select(c => new Markup(c.Style is null ? Markup.Escape(c.Text) : $"[{c.Style}]{Markup.Escape(c.Text)}[/]"))]);
        Terminal.Out.Write(table);
        // Without a border the last line is left open.
        if (!HasHeader) Terminal.Out.WriteLine();
    }

    private void WritePlain()
    {
        var lines = _rows.Select(r => r.Select(c => c.Text).ToArray()).ToList();
        if (HasHeader) lines.Insert(0, headers);
        var widths = new int[headers.Length];
        foreach (string[] line in lines)
        {
            for (int i = 0; i < line.Length; i++) widths[i] = Math.Max(widths[i], line[i].Length);
        }
        foreach (string[] line in lines)
        {
            var cells = line.Select((text, i) => RightAligned.Contains(i) ? text.PadLeft(widths[i]) : text.PadRight(widths[i]));
            Console.Out.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
