using System.CommandLine;
using System.Globalization;

namespace Simul.Cli;

// `simul chess`: one exhibition, played on every engine. The times are read off the clock the games waited on.
internal sealed class ChessVerb : IVerb
{
    private const double DefaultSpeed = 1000;

    private readonly Option<int> _boards = HouseOption.Count("--boards", "Boards she plays.", 1, 1_000_000, 24);
    private readonly Option<int> _pairs = HouseOption.Count("--pairs", "Pairs of moves in a game.", 1, 100_000, 30);
    private readonly Option<TimeSpan> _player = HouseOption.Duration("--player", "Her time for a move.", TimeSpan.FromSeconds(5), allowZero: true);
    private readonly Option<TimeSpan> _opponent = HouseOption.Duration("--opponent", "An opponent's time for a reply.", TimeSpan.FromSeconds(55), allowZero: true);
    private readonly Option<string?> _engine = Engines();
    private readonly Option<int?> _workers = HouseOption.Count("--workers", "Masters, for the engines that have several. Default: one a board, at most 24; one a core for loops.", 1, 1000);
    private readonly Option<string?> _clock = HouseOption.Choice("--clock", "Virtual time jumps over every wait, real time waits. Default: virtual.", ["virtual", "real"]);
    private readonly Option<double> _speed = HouseOption.Number("--speed", "With --clock real: how many times faster than life.", 0.001, 1_000_000, DefaultSpeed);
    private readonly Option<FileInfo?> _report = HouseOption.Report();
    private readonly Option<bool> _json = HouseOption.Json();

    public Command Build()
    {
        var command = new Command("chess", "One master, 24 boards: the exhibition on every engine.") { _boards, _pairs, _player, _opponent, _engine, _workers, _clock, _speed, _report, _json };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = new ExhibitionPlan(parsed.GetValue(_boards), parsed.GetValue(_pairs), parsed.GetValue(_player), parsed.GetValue(_opponent))
        {
            KeepsSpans = parsed.GetValue(_report) is not null,
        };
        if (plan.Refusal is { } refusal) throw new UsageException(refusal);
        bool real = parsed.GetValue(_clock) == "real";
        double speed = parsed.GetValue(_speed);
        if (!real && IsGiven(parsed, _speed)) throw new UsageException("--speed belongs to --clock real; virtual time waits for nothing and cannot go faster.");
        var chosen = Chosen(parsed.GetValue(_engine) ?? "all", plan).ToList();
        if (IsGiven(parsed, _workers) && chosen is [{ HasWorkers: false } alone]) throw new UsageException($"--workers: {alone.Engine} has one master; loops, threads and processes have several.");
        using var report = parsed.GetValue(_report) is { } file ? new ReportFile(file.FullName) : null;
        Func<TimeProvider> clock = real ? () => new ScaledTimeProvider(speed) : () => new VirtualTimeProvider();
        var runs = new List<ExhibitionRun>();
        using var progress = real ? null : ProgressReporter.Live(chosen.Count, "engines");
        foreach (var exhibition in chosen)
        {
            if (real) Terminal.Message($"{exhibition.Engine} plays in real time{(speed == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {speed:#,0.###} times as fast"))}.");
            runs.Add(await ExhibitionRun.PlayAsync(exhibition, plan, parsed.GetValue(_workers), clock, cancellation));
            progress?.Report(runs.Count);
        }
        progress?.Dispose();
        var baseline = await BaselineAsync(runs, plan, cancellation);
        if (parsed.GetValue(_json)) JsonOutput.Write(Result(plan, runs, baseline), CliJson.Default.ChessResult);
        else ChessText.Show(plan, runs, baseline);
        // The results first: a full disk takes the report, not them.
        if (report is not null)
        {
            Console.Out.Flush();
            report.Write(stream => ExhibitionReport.Write(stream, plan, runs, baseline));
            Terminal.Message($"the timeline is in {report.Path}");
        }
        return Application.Done;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static Option<string?> Engines()
    {
        string[] names = [.. Exhibition.All.Select(e => e.Engine), "all"];
        var option = HouseOption.Choice("--engine", $"Who plays: {string.Join(", ", names)}. Default: all.", names);
        option.HelpName = "NAME";
        var parse = option.CustomParser!;
        option.CustomParser = result =>
        {
            if (result.Tokens[0].Value != "cluster") return parse(result);
            result.AddError("--engine: 'cluster' is not built yet; 'processes' is the nearest there is.");
            return null;
        };
        return option;
    }

    private static IEnumerable<Exhibition> Chosen(string engine, ExhibitionPlan plan)
    {
        foreach (var exhibition in Exhibition.All)
        {
            if (engine != "all" && engine != exhibition.Engine) continue;
            if (exhibition.Refuses(plan) is not { } why)
            {
                yield return exhibition;
                continue;
            }
            if (engine != "all") throw new UsageException($"--boards: {why}");
            Terminal.Message($"left out: {why}");
        }
    }

    // What everything is measured against: she waits at every board. Played too, in virtual time, when it was not asked for.
    private static async Task<TimeSpan> BaselineAsync(List<ExhibitionRun> runs, ExhibitionPlan plan, CancellationToken cancellation)
    {
        var sync = Exhibition.All[0];
        if (runs.Find(run => run.Exhibition == sync) is { } played) return played.Duration;
        var run = await ExhibitionRun.PlayAsync(sync, plan with { KeepsSpans = false }, null, () => new VirtualTimeProvider(), cancellation);
        return run.Duration;
    }

    private static ChessResult Result(ExhibitionPlan plan, IReadOnlyList<ExhibitionRun> runs, TimeSpan baseline) => new(plan.Boards, plan.Pairs,
    [
        .. runs.Select(run => new ChessResultRun(run.Exhibition.Engine, run.Workers, run.Duration.TotalSeconds, run.LastReply.TotalSeconds,
            run.Moves, Math.Round(run.Wall.TotalSeconds, 6), Math.Round(baseline / run.Duration, 3))),
    ]);
}
