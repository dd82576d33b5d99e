using System.Text;

namespace Simul.Bench.Orchestration;

/// <summary>bench/RESULTS.md: one section a workload, ratios first; a run replaces its own section and keeps the others.</summary>
internal static class ResultsFile
{
    private const string QuickMark = "quick run";

    private const string Head = """
        # Results

        Written by `bench/run WORKLOAD`; each section was measured in one run on one machine, Simul and its peers in turns.
        Read the ratios: above 1 Simul is ahead, whichever way the metric runs. Figures of different sections may come from
        different machines. *noisy*: the highest repeat was over 1.3 times the lowest, also when measured again.


        """;

    public static void Update(Workload workload, IReadOnlyCollection<Series> all, bool quick)
    {
        try
        {
            var sections = Read();
            if (quick && sections.TryGetValue(workload.Name, out string? old) && !old.Contains(QuickMark))
            {
                Console.Error.WriteLine("bench/run: RESULTS.md keeps the full run of this workload; a quick one does not replace it");
                return;
            }
            sections[workload.Name] = Section(workload, all, quick);
            var order = WorkloadCatalogue.All.Select(w => w.Name).ToList();
            var text = new StringBuilder(Head);
            foreach (var (_, section) in sections.OrderBy(s => order.IndexOf(s.Key))) text.Append(section.Trim()).Append("\n\n");
            // Beside and then over: a run that is ended here leaves the old file whole.
            string beside = Paths.Results + ".new";
            File.WriteAllText(beside, text.ToString().TrimEnd() + "\n");
            File.Move(beside, Paths.Results, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"bench/run: RESULTS.md was not written: {error.Message}");
        }
    }

    private static Dictionary<string, string> Read()
    {
        var sections = new Dictionary<string, string>();
        if (!File.Exists(Paths.Results)) return sections;
        foreach (string part in ("\n" + File.ReadAllText(Paths.Results)).Split("\n## ").Skip(1))
        {
            sections[part.Split('\n', 2)[0].Trim()] = "## " + part;
        }
        return sections;
    }

    private static string Section(Workload workload, IReadOnlyCollection<Series> all, bool quick)
    {
        var text = new StringBuilder();
        text.Append($"## {workload.Name}\n\n{workload.Says}\n\n");
        text.Append("| metric | ratio | Simul | best peer | |\n| --- | ---: | ---: | ---: | --- |\n");
        foreach (var rule in workload.Rules)
        {
            if (Comparison.Simul(rule, all) is not { } simul) continue;
            var best = Comparison.BestPeer(rule, all);
            string ratio = best is null ? "" : Ratio(rule.Ratio(simul.Value, best.Value));
            text.Append($"| `{rule.Name}` | {ratio} | {Figure(simul)} | {(best is null ? "none" : Figure(best))} | {best?.Peer} |\n");
            foreach (var (reference, value) in Comparison.References(rule, all))
            {
                text.Append($"| `{rule.Name}` | {Ratio(rule.Ratio(simul.Value, value))} | | {value:G4} {rule.Unit} | {reference.Name} (physical reference) |\n");
            }
        }
        text.Append("\n<details><summary>Every peer</summary>\n\n| metric | peer | ratio | value | lowest to highest |\n| --- | --- | ---: | ---: | --- |\n");
        foreach (var rule in workload.Rules)
        {
            if (Comparison.Simul(rule, all) is not { } simul) continue;
            text.Append($"| `{rule.Name}` | **Simul** | | {Figure(simul)} | {Range(simul)} |\n");
            foreach (var peer in Comparison.Peers(rule, all))
            {
                string shown = peer.Metric == rule.Name ? peer.Peer : $"{peer.Peer} `{peer.Metric}`";
                text.Append($"| | {shown} | {Ratio(rule.Ratio(simul.Value, peer.Value))} | {Figure(peer)} | {Range(peer)} |\n");
            }
        }
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd");
        text.Append($"\n</details>\n\n{date}, {(quick ? QuickMark : "3 rounds")}. {Machine.Describe()}. {Machine.Versions()}.\n");
        return text.ToString();
    }

    private static string Ratio(double? ratio) => ratio is { } r ? r.ToString(r < 10 ? "F2" : "F0") : "";

    private static string Figure(Series series) => $"{Short(series.Value)} {series.Unit}{(series.IsNoisy ? " *noisy*" : "")}";

    private static string Range(Series series) => series.Min == series.Max ? "" : $"{Short(series.Min)} to {Short(series.Max)}";

    private static string Short(double value) => value >= 1000 ? value.ToString("#,0") : value.ToString("G4");
}
