namespace Simul.Diagnostics.Tests.Samples;

/// <summary>The exhibition by arithmetic: 24 boards, 30 pairs, her move 5 s, theirs 55 s.</summary>
internal static class Exhibition
{
    private static readonly TimeSpan Move = TimeSpan.FromSeconds(5), Reply = TimeSpan.FromSeconds(55);

    public static TimelineDocument Document(int boards = 24, int pairs = 30) => new()
    {
        Title = $"{boards} boards, {pairs} moves each",
        Lead = "One master needs 5 s for a move, each opponent 55 s. If she waits at the board, the exhibition takes half a day. "
            + "If she goes on to the next board while they think, it takes an hour: the same work, the waiting shared.",
        Opening = TimeSpan.FromMinutes(8),
        DurationLabel = "she may leave after",
        Legend = new() { Busy = "the master moves", Waiting = "the opponent thinks", Path = "her way from board to board" },
        Sections =
        [
            Section("sync", "She stays at each board until the game is over", OneByOne(boards, pairs), 1, boards, pairs),
            Section("loop", "She moves, and goes on to the next table while they think", TableToTable(boards, pairs), 1, boards, pairs),
            Section("threads", "A master at every board, each waiting for one opponent", ManyMasters(boards, pairs, boards), boards, boards, pairs),
            Section("threads, 4", "Four masters share the boards", ManyMasters(boards, pairs, 4), 4, boards, pairs),
        ],
    };

    public static Timeline OneByOne(int boards, int pairs) => ManyMasters(boards, pairs, 1);

    public static Timeline TableToTable(int boards, int pairs)
    {
        var spans = new List<TimelineSpan>();
        var ready = new TimeSpan[boards];
        TimeSpan now = TimeSpan.Zero;
        for (int pair = 1; pair <= pairs; pair++)
        {
            for (int board = 0; board < boards; board++)
            {
                now = now > ready[board] ? now : ready[board];
                Pair(spans, board, pair, now, "the master");
                now += Move;
                ready[board] = now + Reply;
            }
        }

        return new Timeline(spans);
    }

    public static Timeline ManyMasters(int boards, int pairs, int masters)
    {
        var spans = new List<TimelineSpan>();
        for (int board = 0; board < boards; board++)
        {
            TimeSpan start = board / masters * pairs * (Move + Reply);
            for (int pair = 1; pair <= pairs; pair++)
            {
                Pair(spans, board, pair, start + ((pair - 1) * (Move + Reply)), masters == 1 ? "the master" : $"master {(board % masters) + 1}");
            }
        }

        return new Timeline(spans);
    }

    private static void Pair(List<TimelineSpan> spans, int board, int pair, TimeSpan start, string master)
    {
        string lane = $"board {board + 1}";
        spans.Add(new(lane, $"Move {pair}", start, start + Move, TimelineKind.Busy, master));
        spans.Add(new(lane, $"Reply {pair}", start + Move, start + Move + Reply, TimelineKind.Waiting));
    }

    private static TimelineSection Section(string name, string description, Timeline timeline, int workers, int boards, int pairs)
    {
        TimeSpan leaves = name == "loop" ? timeline.Spans.Where(s => s.Kind == TimelineKind.Busy).Max(s => s.End) : timeline.End;
        double speedup = boards * pairs * (Move + Reply) / leaves;
        return new()
        {
            Name = name,
            Description = description,
            Timeline = timeline,
            Duration = leaves,
            Markers = leaves == timeline.End ? [new(leaves, "she leaves")] : [new(leaves, "she leaves"), new(timeline.End, "last reply")],
            Facts =
            [
                new("masters", $"{workers}"),
                new("last reply", TimelineReport.FormatTime(timeline.End)),
                new("moves", $"{boards * pairs:N0}"),
                new("speed-up", $"{speedup:0.#}×"),
            ],
        };
    }
}
