using System.Text;
using Simul.Cli.Jobs;

namespace Simul.Cli;

// Writes each item's last word to the file and keeps count.
internal sealed class MapWriter(ResultFile file, JobPlan plan, JobProgress progress, ParallelLog? log) : IJobListener
{
    private const int Shown = 3;
    private const int StoppedByALimit = -1; // in a job log

    private readonly IReadOnlyList<string> _inputs = plan.Inputs;
    private readonly List<string> _failures = [];

    public int Completed { get; private set; }

    public int Failed { get; private set; }

    // The first few, for the end of the run; all of them are in the file.
    public IEnumerable<string> FirstFailures => _failures;

    private static string? FirstLine(string? message) => message?.Split('\n')[0].TrimEnd('\r');

    public void Attempted(ItemEnded item, ItemUnderWay attempt)
    {
        if (log is null) return;
        var clock = TimeProvider.System;
        var began = attempt.Began ?? clock.GetUtcNow();
        // Of an item that the engine ended nobody has counted the time.
        double seconds = item.Seconds > 0 || attempt.Began is null ? item.Seconds : clock.GetElapsedTime(attempt.Since).TotalSeconds;
        int exit = item.ErrorType switch
        {
            null => 0,
            "System.TimeoutException" or "System.InsufficientMemoryException" => StoppedByALimit,
            _ => 1,
        };
        log.Add(new ParallelLogLine(item.Index + 1, began, seconds, Encoding.UTF8.GetByteCount(item.Json ?? ""), exit, 0, ShellQuote.Join([plan.Method, _inputs[item.Index]])));
    }

    public void Remark(string text) => progress.Say($"simul: {text}");

    public void Ended(ItemEnded item, int attempts)
    {
        file.Write(_inputs[item.Index], item, attempts);
        progress.Advance(item.Failed);
        if (!item.Failed)
        {
            Completed++;
            return;
        }
        Failed++;
        // A crash brings its last words along; they are in the file, and on the screen where they were printed.
        if (_failures.Count < Shown) _failures.Add($"item {item.Index} ('{Jobs.Host.BoundMethod.Shown(_inputs[item.Index])}') failed{(attempts > 1 ? $" {attempts} times" : "")}: {item.ErrorType}: {FirstLine(item.ErrorMessage)}");
    }
}
