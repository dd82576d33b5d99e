using Simul.Cli.Jobs;

namespace Simul.Cli;

// Writes each item's last word to the file and keeps count.
internal sealed class MapWriter(ResultFile file, IReadOnlyList<string> inputs, JobProgress progress) : IJobListener
{
    private const int Shown = 3;
    private readonly List<string> _failures = [];

    public int Completed { get; private set; }

    public int Failed { get; private set; }

    // The first few, for the end of the run; all of them are in the file.
    public IEnumerable<string> FirstFailures => _failures;

    private static string? FirstLine(string? message) => message?.Split('\n')[0].TrimEnd('\r');

    public void Ended(ItemEnded item, int attempts)
    {
        file.Write(inputs[item.Index], item, attempts);
        progress.Advance(item.Failed);
        if (!item.Failed)
        {
            Completed++;
            return;
        }
        Failed++;
        // A crash brings its last words along; they are in the file, and on the screen where they were printed.
        if (_failures.Count < Shown) _failures.Add($"item {item.Index} ('{Jobs.Host.BoundMethod.Shown(inputs[item.Index])}') failed{(attempts > 1 ? $" {attempts} times" : "")}: {item.ErrorType}: {FirstLine(item.ErrorMessage)}");
    }
}
