using System.Globalization;
using Simul.Diagnostics;

namespace Simul.Cli;

// The exhibition as a timeline: who sat at which board when, engine by engine.
internal static class ExhibitionReport
{
    public static void Write(Stream stream, ExhibitionPlan plan, IReadOnlyList<ExhibitionRun> runs, TimeSpan baseline) =>
        TimelineReport.WriteHtml(stream, new TimelineDocument
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"{plan.Boards} boards, {plan.Pairs} moves each"),
            Lead = $"One master needs {DurationText.Of(plan.Player)} for a move, each opponent {DurationText.Of(plan.Opponent)}. "
                + "If she waits at the board, the exhibition takes as long as all games together. "
                + "If she goes on to the next board while they think, the waiting is shared.",
            Opening = Opening(plan),
            DurationLabel = "she may leave after",
            Legend = new TimelineLegend { Busy = "the master moves", Waiting = "the opponent thinks", Path = "her way from board to board" },
            Sections = [.. runs.Select(run => Section(run, baseline))],
        });

    // The lens shows the first rounds, whatever the plan's pace.
    private static TimeSpan Opening(ExhibitionPlan plan) => 8 * (plan.Player + plan.Opponent);

    private static TimelineSection Section(ExhibitionRun run, TimeSpan baseline) => new()
    {
        Name = run.Exhibition.Engine,
        Description = run.Exhibition.Meaning,
        Timeline = new Timeline(Spans(run)),
        Duration = run.Duration,
        Markers = run.Duration == run.LastReply
            ? [new TimelineMarker(run.Duration, "she leaves")]
            : [new TimelineMarker(run.Duration, "she leaves"), new TimelineMarker(run.LastReply, "last reply")],
        Facts =
        [
            new TimelineFact("masters", run.Workers.ToString(CultureInfo.InvariantCulture)),
            new TimelineFact("last reply", TimelineReport.FormatTime(run.LastReply)),
            new TimelineFact("moves", run.Moves.ToString("N0", CultureInfo.InvariantCulture)),
            new TimelineFact("speed-up", (baseline / run.Duration).ToString("0.#", CultureInfo.InvariantCulture) + "\u00d7"),
        ],
    };

    private static IEnumerable<TimelineSpan> Spans(ExhibitionRun run)
    {
        foreach (var game in run.Games)
        {
            string lane = string.Create(CultureInfo.InvariantCulture, $"board {game.Board}");
            int move = 0, reply = 0;
            foreach (var span in game.Spans ?? [])
            {
                yield return span.Hers
                    ? new TimelineSpan(lane, $"Move {++move}", span.Start, span.End, TimelineKind.Busy, run.Workers == 1 ? "the master" : string.Create(CultureInfo.InvariantCulture, $"master {span.Master}"))
                    : new TimelineSpan(lane, $"Reply {++reply}", span.Start, span.End, TimelineKind.Waiting);
            }
        }
    }
}
