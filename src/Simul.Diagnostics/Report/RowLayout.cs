namespace Simul.Diagnostics;

/// <summary>Parts the spans of each lane into rows in which none overlaps another.</summary>
/// <remarks>A loop has many items open at once on its one worker. Drawn in one row they would hide each other, and a trace
/// viewer takes overlapping slices of one thread for broken nesting. Greedy by start is optimal here: it needs as many
/// rows as there are items open at the busiest moment. Where that exceeds <see cref="MaxRows"/>, the rest shares the row
/// that is free soonest: seen as density, not told apart.</remarks>
internal static class RowLayout
{
    /// <summary>Rows a lane may have before its spans begin to cover each other.</summary>
    public const int MaxRows = 48;

    /// <returns>For each lane its rows, for each row the indices of its spans, by start.</returns>
    public static List<List<int>>[] Arrange(Timeline timeline, int maxRows = MaxRows)
    {
        var laneIndex = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string lane in timeline.Lanes)
        {
            laneIndex.Add(lane, laneIndex.Count);
        }

        var lanes = new List<List<int>>[laneIndex.Count];
        var ends = new PriorityQueue<int, (TimeSpan End, int Row)>[lanes.Length];
        for (int i = 0; i < lanes.Length; i++)
        {
            lanes[i] = [[]];
            ends[i] = new();
            ends[i].Enqueue(0, (TimeSpan.MinValue, 0));
        }

        for (int i = 0; i < timeline.Spans.Length; i++)
        {
            TimelineSpan span = timeline.Spans[i];
            int lane = laneIndex[span.Lane];
            PriorityQueue<int, (TimeSpan End, int Row)> free = ends[lane];
            free.TryPeek(out int row, out (TimeSpan End, int Row) soonest);
            if (soonest.End > span.Start && lanes[lane].Count < maxRows)
            {
                row = lanes[lane].Count;
                lanes[lane].Add([]);
            }
            else
            {
                free.Dequeue();
            }

            lanes[lane][row].Add(i);
            TimeSpan end = span.End > soonest.End || row != soonest.Row ? span.End : soonest.End;
            free.Enqueue(row, (end, row));
        }

        return lanes;
    }
}
