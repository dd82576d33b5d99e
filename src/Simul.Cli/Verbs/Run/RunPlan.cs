namespace Simul.Cli;

// What `simul run` is to do.
internal sealed record RunPlan(IReadOnlyList<RunJob> Jobs, int Parallel)
{
    private const string Separator = ":::";

    public int Retries { get; init; }

    public TimeSpan Grace { get; init; }

    public TimeSpan Delay { get; init; }

    public RunTimeLimit? TimeLimit { get; init; }

    public HaltPolicy Halt { get; init; } = HaltPolicy.Never;

    public int? Nice { get; init; }

    public MemoryGuard? Memory { get; init; }

    // What an earlier run has done already.
    public IReadOnlySet<int> Done { get; init; } = new HashSet<int>();

    public int Open => Jobs.Count - Done.Count;

    public static RunPlan Of(int? copies, string? each, int? jobs, string[] words)
    {
        if (copies is not null && each is not null) throw new UsageException("--copies and --each do not go together; write one of them.");
        bool listed = copies is null && each is null && words.Any(w => w.StartsWith(Separator, StringComparison.Ordinal));
        if (copies is null && each is null && !listed) throw new UsageException("'simul run' needs --copies N or --each FILE, or a list behind the command: ::: ITEM...");
        if (copies is not null && jobs is not null) throw new UsageException("--jobs belongs to --each; with --copies all run side by side.");
        string[] command = words;
        IReadOnlyList<string> items = [];
        if (listed) (command, items) = SplitList(words);
        else if (each is not null && !command.Any(w => CommandTemplate.HasPlace(w) || w.Contains("SIMUL_ITEM", StringComparison.Ordinal)))
            throw new UsageException("--each: the command has no place for the item; write {} where the line belongs.");
        // A name made of the item is looked up when its turn comes.
        if (!CommandTemplate.HasPlace(command[0]) && CommandPath.Find(command[0]) is null)
            throw new UsageException($"'{command[0]}' is not a command that can be started: {(command[0].Contains('/') ? "no executable file is there" : "it is not on the PATH")}.");

        if (each is not null) items = Files.ReadItems(each, "--each");
        return copies is { } count
            ? new RunPlan([.. Enumerable.Range(0, count).Select(i => new RunJob(i, null, command))], count)
            : new RunPlan([.. items.Select((item, i) => new RunJob(i, item, command))], jobs ?? Environment.ProcessorCount);
    }

    // COMMAND ::: ITEM...; as with GNU parallel, a command without a place for the item gets it as its last word.
    private static (string[] Command, string[] Items) SplitList(string[] words)
    {
        int at = Array.FindIndex(words, w => w.StartsWith(Separator, StringComparison.Ordinal));
        if (words[at] != Separator || words.Skip(at + 1).Any(w => w is ":::" or "::::" or ":::+" or "::::+"))
            throw new UsageException($"'{(words[at] != Separator ? words[at] : words.Skip(at + 1).First(w => w.StartsWith(Separator, StringComparison.Ordinal)))}': a run has one list of items; write ::: ITEM... once, or --each FILE for a file.");
        if (at == 0) throw new UsageException("'simul run' needs a command before :::, as in `simul run -- gzip {} ::: a b`.");
        string[] command = words[..at];
        string[] items = words[(at + 1)..];
        if (items.Length == 0) throw new UsageException("::: has no items behind it; write ::: ITEM..., or --each FILE.");
        if (!command.Any(w => CommandTemplate.HasPlace(w) || w.Contains("SIMUL_ITEM", StringComparison.Ordinal))) command = [.. command, "{}"];
        return (command, items);
    }
}
