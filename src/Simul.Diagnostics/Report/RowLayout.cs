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

        var lanes = new LaneRows[laneIndex.Count];
        for (int i = 0; i < lanes.Length; i++)
        {
            lanes[i] = new LaneRows(maxRows);
        }

        for (int i = 0; i < timeline.Spans.Length; i++)
        {
            TimelineSpan span = timeline.Spans[i];
            lanes[laneIndex[span.Lane]].Add(i, span);
        }

        return [.. lanes.Select(lane => lane.Rows)];
    }

    private sealed class LaneRows(int maxRows)
    {
        // The uppermost free row is taken, so that the height of the pile says how many were open at once.
        private readonly PriorityQueue<int, int> _free = new([(0, 0)]);
        private readonly PriorityQueue<int, (TimeSpan End, int Row)> _busy = new();

        /// <summary>At least one, so that an empty lane is seen too.</summary>
        public List<List<int>> Rows { get; } = [[]];

        public void Add(int index, in TimelineSpan span)
        {
            while (_busy.TryPeek(out int ended, out (TimeSpan End, int Row) soonest) && soonest.End <= span.Start)
            {
                _busy.Dequeue();
                _free.Enqueue(ended, ended);
            }

            TimeSpan end = span.End;
            if (!_free.TryDequeue(out int row, out _))
            {
                if (Rows.Count < maxRows)
                {
                    row = Rows.Count;
                    Rows.Add([]);
                }
                else
                {
                    _busy.TryDequeue(out row, out (TimeSpan End, int Row) covered);
                    end = end > covered.End ? end : covered.End;
                }
            }

            Rows[row].Add(index);
            _busy.Enqueue(row, (end, row));
        }
    }
}
