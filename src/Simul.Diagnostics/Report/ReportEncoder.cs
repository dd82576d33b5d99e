namespace Simul.Diagnostics;

/// <summary>Turns a document into the page's data.</summary>
internal static class ReportEncoder
{
    public static ReportData Encode(TimelineDocument document)
    {
        long unit = Unit(document);
        return new ReportData
        {
            Unit = unit / (double)TimeSpan.TicksPerSecond,
            Clock = document.Clock == TimelineClock.Exhibition ? "exhibition" : "wall",
            Opening = (document.Opening ?? TimeSpan.Zero).Ticks / unit,
            Kinds = document.Legend.Kinds,
            Runs = [.. document.Sections.Select(section => Encode(section, unit))],
        };
    }

    private static RunData Encode(TimelineSection section, long unit)
    {
        var words = new WordList();
        Timeline timeline = section.Timeline;
        List<List<int>>[] lanes = RowLayout.Arrange(timeline);
        var encoded = new LaneData[lanes.Length];
        for (int i = 0; i < lanes.Length; i++)
        {
            encoded[i] = new LaneData(timeline.Lanes[i], [.. lanes[i].Select(row => Encode(timeline, row, words, unit))]);
        }

        return new RunData
        {
            Name = section.Name,
            Total = section.Total.Ticks / unit,
            Words = words.ToArray(),
            Lanes = encoded,
            Markers = [.. section.Markers.OrderBy(m => m.At).Select(m => new MarkerData(m.At.Ticks / unit, m.Label))],
        };
    }

    private static long[] Encode(Timeline timeline, List<int> row, WordList words, long unit)
    {
        var numbers = new long[row.Count * 5];
        long last = 0;
        int at = 0;
        foreach (int index in row)
        {
            TimelineSpan span = timeline.Spans[index];
            long start = span.Start.Ticks / unit, end = span.End.Ticks / unit;
            numbers[at++] = start - last;
            numbers[at++] = end - start;
            numbers[at++] = (long)span.Kind;
            numbers[at++] = words.Number(span.Name);
            numbers[at++] = span.Actor is null ? -1 : words.Number(span.Actor);
            last = end;
        }

        return numbers;
    }

    /// <summary>The coarsest unit in which every time of the document is whole, so that nothing is rounded: whole seconds
    /// for an exhibition, ticks of 100 ns for a measurement.</summary>
    private static long Unit(TimelineDocument document)
    {
        long unit = TimeSpan.TicksPerSecond;
        Fit(ref unit, document.Opening ?? TimeSpan.Zero);
        foreach (TimelineSection section in document.Sections)
        {
            Fit(ref unit, section.Total);
            foreach (TimelineMarker marker in section.Markers)
            {
                Fit(ref unit, marker.At);
            }

            foreach (TimelineSpan span in section.Timeline.Spans)
            {
                Fit(ref unit, span.Start);
                Fit(ref unit, span.End);
            }
        }

        return unit;
    }

    private static void Fit(ref long unit, TimeSpan time)
    {
        // 1 s, 100 ms, ... down to one tick, by tens.
        while (time.Ticks % unit != 0)
        {
            unit /= 10;
        }
    }

    private sealed class WordList
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public int Number(string word)
        {
            if (!_numbers.TryGetValue(word, out int number))
            {
                number = _numbers.Count;
                _numbers.Add(word, number);
            }

            return number;
        }

        public string[] ToArray()
        {
            var words = new string[_numbers.Count];
            foreach ((string word, int number) in _numbers)
            {
                words[number] = word;
            }

            return words;
        }
    }
}
