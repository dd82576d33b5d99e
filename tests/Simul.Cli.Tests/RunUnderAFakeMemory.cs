using System.Globalization;

namespace Simul.Cli.Tests;

// Two commands under a supervisor whose memory is what a file in its folder says. A process of its own, since a supervisor collects
// whatever child of its process ends.
internal static class RunUnderAFakeMemory
{
    internal static int Run(string[] arguments)
    {
        StandardStreams.Install();
        string folder = arguments[0];
        RunJob[] jobs = [.. Enumerable.Range(1, 2).Select(i => new RunJob(i - 1, i.ToString(CultureInfo.InvariantCulture), ["sh", "-c", $"touch {folder}/begun-{{}}; while [ ! -e {folder}/end-{{}} ]; do sleep 0.01; done"]))];
        var plan = new RunPlan(jobs, 2)
        {
            Grace = TimeSpan.FromSeconds(5),
            Delay = TimeSpan.FromMilliseconds(50), // so that there is a youngest
            Memory = new MemoryGuard(new FileMemory(Path.Combine(folder, "available")), 100, null, TimeProvider.System),
        };
        using var output = new RunOutput(jobs, toError: false);
        var summary = new RunSupervisor(plan, output, null).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        Console.WriteLine($"{summary.Succeeded} succeeded, {summary.Failed} failed, attempts {string.Join(' ', summary.Results.Select(r => r.Attempt))}");
        return summary.IsSuccess ? 0 : 1;
    }

    private sealed class FileMemory(string path) : IMemoryReader
    {
        private long _last = long.MaxValue;

        // A file that is just being written is empty for a moment.
        public long Available() => _last = long.TryParse(File.ReadAllText(path), out long value) ? value : _last;

        public long OfTree(int process) => 0;
    }
}
