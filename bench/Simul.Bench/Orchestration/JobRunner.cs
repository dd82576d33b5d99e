using System.Diagnostics;

namespace Simul.Bench.Orchestration;

/// <summary>Starts one program, passes its lines on to standard error as they come, and ends it when its time is over.</summary>
internal sealed class JobRunner(TextWriter log, int defaultRepeats)
{
    private static readonly string Core = FirstAllowedCore();

    /// <summary>Runs a job to its end.</summary>
    /// <returns>Its result lines, and whether it ended well.</returns>
    public async Task<(IReadOnlyList<RawLine> Lines, bool Good)> RunAsync(Job job, TimeSpan limit)
    {
        // taskset becomes the program itself, so the process ended below is the measured one.
        string[] command = job.Pinned ? ["taskset", "-c", Core, .. job.Command] : job.Command;
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        start.Environment["REPEATS"] = (job.Repeats ?? defaultRepeats).ToString();
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        // On one processor .NET waits ten times longer before it optimises hot code: pinned runs would time unoptimised code.
        start.Environment["DOTNET_TC_DelaySingleProcMultiplier"] = "1";
        foreach (var (name, value) in job.Environment) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        using var deadline = new CancellationTokenSource(limit);
        var lines = new List<RawLine>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } text)
            {
                Console.Error.WriteLine(text);
                await log.WriteLineAsync(text);
                if (RawLine.TryParse(text) is { } line) lines.Add(line);
            }
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            Console.Error.WriteLine($"bench/run: {job.Peer} was ended after {limit.TotalSeconds:F0} s; what it had printed counts");
            return (lines, lines.Count > 0);
        }
        if (process.ExitCode != 0) Console.Error.WriteLine($"bench/run: {job.Peer} ended with exit code {process.ExitCode}");
        return (lines, process.ExitCode == 0);
    }

    private static string FirstAllowedCore()
    {
        const string Key = "Cpus_allowed_list:";
        string list = File.ReadLines("/proc/self/status").First(l => l.StartsWith(Key, StringComparison.Ordinal))[Key.Length..].Trim();
        return list.Split(',', '-')[0];
    }
}
