using System.CommandLine;
using Simul.Diagnostics;

namespace Simul.Cli;

// `simul table`: what each engine is good for, measured here and now, and Python beside it.
internal sealed class TableVerb : IVerb
{
    public Command Build()
    {
        var json = HouseOption.Json();
        var page = HouseOption.Report();
        var command = new Command("table", "Loop, threads and processes against each other, measured on this machine; Python beside them where there is one.") { page, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var reportFile = parsed.GetValue(page) is { } file ? Files.Create(file.FullName, "--report") : null;
            var sections = reportFile is null ? null : new List<TimelineSection>();
            var result = await MeasureAsync(sections, cancellation);
            if (reportFile is not null)
            {
                TimelineReport.WriteHtml(reportFile, new TimelineDocument { Title = "Loop, threads, processes", Lead = "Eight items that wait 0.1 s, as each engine ran them: a short one to warm each worker up, one alone, then all at once. The figures are those of the whole table.", Clock = TimelineClock.Wall, Sections = sections! });
                Terminal.Message($"the timelines are in {reportFile.Name}");
            }
            if (parsed.GetValue(json)) JsonOutput.Write(result, CliJson.Default.TableResult);
            else TableText.Show(result);
            return Application.Done;
        });
        return command;
    }

    private static async Task<TableResult> MeasureAsync(List<TimelineSection>? sections, CancellationToken token)
    {
        var clock = TimeProvider.System;
        var rows = new List<TableRow>();
        var recorders = new[] { "loop", "threads", "processes" }.ToDictionary(name => name, _ => sections is null ? null : new TimelineRecorder());
        foreach (var probe in (EngineProbe[])
            [new LoopProbe(clock) { Observer = recorders["loop"] }, new ThreadProbe(clock) { Observer = recorders["threads"] }, new ProcessProbe(clock) { Observer = recorders["processes"] }])
        {
            var figures = await probe.MeasureAsync(row => Say($"measuring {row} on {probe.Engine}"), token);
            var measured = TableVerdict.Rows(probe.Engine, figures);
            rows.AddRange(measured);
            sections?.Add(new TimelineSection
            {
                Name = probe.Engine,
                Timeline = recorders[probe.Engine]!.Snapshot(),
                Facts = [.. measured.Select(r => new TimelineFact(r.Row, TableText.Figure(r)))],
            });
        }
        var python = new List<TableRow>();
        foreach (string engine in PythonProbe.Engines)
        {
            Say($"measuring Python's {engine}");
            var (figures, why) = await PythonProbe.MeasureAsync(engine, clock, token);
            if (figures is not null)
            {
                python.AddRange(TableVerdict.Rows(engine, figures));
                continue;
            }
            Terminal.Message(why!);
            // One sentence is enough where there is no Python at all.
            if (python.Count == 0) break;
        }
        return new TableResult(rows, python);
    }

    // On a terminal only: 20 seconds of silence look like a hang.
    private static void Say(string what)
    {
        if (Terminal.IsErrorLive) Terminal.Message(what);
    }
}
