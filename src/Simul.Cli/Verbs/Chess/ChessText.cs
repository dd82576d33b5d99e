using System.Globalization;

namespace Simul.Cli;

// The exhibition for people.
internal static class ChessText
{
    public static void Show(ExhibitionPlan plan, IReadOnlyList<ExhibitionRun> runs, TimeSpan baseline)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{plan.Boards:N0} {(plan.Boards == 1 ? "board" : "boards")}, {plan.Pairs:N0} {(plan.Pairs == 1 ? "move" : "moves")} each; her move {DurationText.Of(plan.Player)}, the reply {DurationText.Of(plan.Opponent)}"));
        Console.Out.WriteLine();
        var table = new TextTable("engine", "masters", "she may leave", "speed-up", "played in", "what it means") { RightAligned = { 1, 2, 3, 4 }, LastIsRemark = true };
        foreach (var run in runs)
        {
            table.Add(
                new TextTable.Cell(run.Exhibition.Engine, "bold"),
                run.Workers.ToString(CultureInfo.InvariantCulture),
                new TextTable.Cell(Clock(run.Duration), "green"),
                (baseline / run.Duration).ToString("0.#", CultureInfo.InvariantCulture) + "x",
                new TextTable.Cell(DurationText.Of(run.Wall), "dim"),
                new TextTable.Cell(run.Exhibition.Meaning, "dim"));
        }
        table.Write();
        if (runs.FirstOrDefault(run => run.Exhibition.IsSimultaneous && run.LastReply > run.Duration) is { } simultaneous)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine($"Table to table, she may leave after her last move; the last reply comes {DurationText.Of(simultaneous.LastReply - simultaneous.Duration)} later, at {Clock(simultaneous.LastReply)}.");
        }
    }

    // Exhibitions last hours: always h:mm:ss, with fractions only where there are some.
    private static string Clock(TimeSpan time)
    {
        if (time < TimeSpan.FromSeconds(1)) return DurationText.Of(time);
        long hours = (long)time.TotalHours;
        string rest = time.Ticks % TimeSpan.TicksPerSecond == 0 ? time.ToString(@"mm\:ss", CultureInfo.InvariantCulture) : time.ToString(@"mm\:ss\.fff", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{hours}:{rest}");
    }
}
