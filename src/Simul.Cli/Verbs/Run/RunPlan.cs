namespace Simul.Cli;

// What `simul run` is to do.
internal sealed record RunPlan(IReadOnlyList<RunJob> Jobs, int Parallel, int Retries, TimeSpan Grace)
{
    private const string Placeholder = "{}";

    public static RunPlan Of(int? copies, string? each, int? jobs, string[] command, int retries, TimeSpan grace)
    {
        if (copies is null == each is null)
        {
            throw new UsageException(copies is null
                ? "'simul run' needs --copies N or --each FILE."
                : "--copies and --each do not go together; write one of them.");
        }
        if (copies is not null && jobs is not null) throw new UsageException("--jobs belongs to --each; with --copies all run side by side.");
        if (each is not null && !command.Any(w => w.Contains(Placeholder, StringComparison.Ordinal) || w.Contains("SIMUL_ITEM", StringComparison.Ordinal)))
            throw new UsageException("--each: the command has no place for the item; write {} where the line belongs.");
        // A name made of the item is looked up when its turn comes.
        if (!command[0].Contains(Placeholder, StringComparison.Ordinal) && CommandPath.Find(command[0]) is null)
            throw new UsageException($"'{command[0]}' is not a command that can be started: {(command[0].Contains('/') ? "no executable file is there" : "it is not on the PATH")}.");

        var list = each is null
            ? Enumerable.Range(0, copies!.Value).Select(i => new RunJob(i, null, command)).ToList()
            : [.. Files.ReadItems(each, "--each").Select((item, i) => new RunJob(i, item, [.. command.Select(w => w.Replace(Placeholder, item, StringComparison.Ordinal))]))];
        return new RunPlan(list, copies ?? jobs ?? Environment.ProcessorCount, retries, grace);
    }
}
