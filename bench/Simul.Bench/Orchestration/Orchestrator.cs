namespace Simul.Bench.Orchestration;

/// <summary>The contract of bench/run: parse, run, print one JSON line a metric, keep RESULTS.md.</summary>
internal static class Orchestrator
{
    private const int Done = 0, Failed = 1, BadUsage = 2;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!TryParse(arguments, out var workload, out bool quick, out var wanted)) return BadUsage;
        var all = workload.Jobs(quick);
        foreach (string name in wanted)
        {
            if (all.Any(j => j.Kind == JobKind.Peer && IsWanted(j, [name]))) continue;
            Console.Error.WriteLine($"bench/run: no peer of {workload.Name} is called '{name}'. There are {string.Join(", ", all.Where(j => j.Kind == JobKind.Peer).Select(j => j.Peer).Distinct())}; a name stands for all that begin with it.");
            return BadUsage;
        }
        var jobs = all.Where(j => j.Kind != JobKind.Peer || wanted.Count == 0 || IsWanted(j, wanted)).Where(j => j.Needs is null || j.Needs.IsThere).ToList();

        Directory.CreateDirectory(Paths.Logs);
        await using var log = new StreamWriter(Path.Combine(Paths.Logs, $"{workload.Name}.jsonl"));
        var rounds = new Rounds(workload, jobs, new JobRunner(log, quick ? 3 : 5), quick);
        await rounds.RunAsync();

        foreach (string line in Comparison.JsonLines(workload, rounds.Series)) Console.WriteLine(line);
        foreach (var rule in workload.Rules.Where(r => Comparison.Simul(r, rounds.Series) is null))
        {
            Console.Error.WriteLine($"bench/run: Simul gave no figure for {rule.Name}");
        }
        if (rounds.SimulFailed) return Failed;
        // A chosen few peers are no comparison to keep.
        if (wanted.Count == 0) ResultsFile.Update(workload, rounds.Series, quick);
        return Done;
    }

    private static bool TryParse(string[] arguments, out Workload workload, out bool quick, out List<string> wanted)
    {
        (workload, quick, wanted) = (null!, false, []);
        string? name = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--peers" when i + 1 < arguments.Length:
                    wanted.AddRange(arguments[++i].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                    if (wanted.Count > 0) break;
                    return Bad("--peers needs names, such as tokio,go.");
                case "--peers":
                    return Bad("--peers needs names, such as tokio,go.");
                case ['-', ..] option:
                    return Bad($"unknown option '{option}'.");
                case var word when name is null:
                    name = word;
                    break;
                default:
                    return Bad($"one workload at a time; '{arguments[i]}' is one too many.");
            }
        }
        if (name is null) return Bad("which workload?");
        if (WorkloadCatalogue.Later.Contains(name)) return Bad($"the workload '{name}' is not there yet.");
        var found = WorkloadCatalogue.All.FirstOrDefault(w => w.Name == name);
        if (found is null) return Bad($"unknown workload '{name}'.");
        workload = found;
        return true;
    }

    private static bool Bad(string what)
    {
        Console.Error.WriteLine($"bench/run: {what}");
        Console.Error.WriteLine($"usage: bench/run {string.Join('|', WorkloadCatalogue.All.Select(w => w.Name))} [--quick] [--peers a,b]");
        return false;
    }

    private static bool IsWanted(Job job, IEnumerable<string> names) =>
        names.Any(name => job.Peer == name || job.Peer.StartsWith(name + "-", StringComparison.Ordinal));
}
