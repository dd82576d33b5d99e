namespace Simul.Cli;

// What an earlier run's job log says is done: the commands whose last attempt succeeded. Those that failed run again.
internal static class RunResume
{
    public static IReadOnlySet<int> Read(string path, IReadOnlyList<RunJob> jobs)
    {
        if (!File.Exists(path)) return new HashSet<int>();
        var done = new HashSet<int>();
        foreach (string text in Files.ReadLines(path, "--joblog"))
        {
            if (ParallelLogLine.Parse(text) is not { } line) continue;
            if (line.Seq < 1 || line.Seq > jobs.Count) throw Other(path, $"it has a command {line.Seq}, and there are {jobs.Count} now");
            var job = jobs[line.Seq - 1];
            // The slot is another each time; a command that names it cannot be compared.
            string now = ParallelLogLine.OneLine(job.Text);
            if (now != line.Command && !job.Words.Any(w => w.Contains("{%}", StringComparison.Ordinal)))
                throw Other(path, $"its command {line.Seq} is `{line.Command}`, and now it is `{now}`");
            if (line.Succeeded) done.Add(line.Seq - 1);
            else done.Remove(line.Seq - 1);
        }
        return done;
    }

    private static UsageException Other(string path, string why) =>
        new($"--resume: {path} belongs to another run: {why}. Name that run's own file with --joblog, or leave --resume out to begin anew.");
}
