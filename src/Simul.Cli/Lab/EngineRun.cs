using System.Text.Json;
using Simul.Cli.Jobs;
using Simul.Cli.Jobs.Host;
using Simul.Diagnostics;

namespace Simul.Cli;

// What came of all items on one engine: results, failures and times, by index.
internal sealed class EngineRun(IReadOnlyList<string> inputs, JobProgress progress, TimeProvider clock) : IJobListener
{
    private readonly string?[] _results = new string?[inputs.Count];
    private readonly List<double> _seconds = new(inputs.Count);

    private readonly Dictionary<int, ItemStarted> _running = [];
    private readonly List<TimelineSpan> _spans = [];
    private double? _firstStart; // on the engine's clock, which counts from the engine's start

    public int Ends { get; private set; }

    public int Failed { get; private set; }

    // When the last item ended.
    public long LastEnd { get; private set; }

    public string? FirstFailure { get; private set; }

    public Timeline Timeline => new(_spans);

    public void Started(ItemStarted item)
    {
        _firstStart ??= item.At;
        _running[item.Index] = item;
    }

    public void Ended(ItemEnded item, int attempts)
    {
        if (_running.Remove(item.Index, out var start))
        {
            var began = TimeSpan.FromSeconds(start.At - _firstStart!.Value);
            _spans.Add(new TimelineSpan(start.Worker, BoundMethod.Shown(inputs[item.Index]), began, began + TimeSpan.FromSeconds(item.Seconds), item.Failed ? TimelineKind.Failed : TimelineKind.Busy));
        }
        // What an item failed with is its outcome too: an engine on which it fails otherwise differs.
        _results[item.Index] = item.Failed ? "!" + item.ErrorType : item.Json;
        Ends++;
        LastEnd = clock.GetTimestamp();
        if (item.Failed)
        {
            Failed++;
            FirstFailure ??= $"item {item.Index}: {item.ErrorType}: {item.ErrorMessage?.Split('\n')[0]}";
        }
        else
        {
            _seconds.Add(item.Seconds);
        }
        progress.Advance(item.Failed);
    }

    // The nearest-rank percentile, in milliseconds.
    public double? Percentile(double p)
    {
        if (_seconds.Count == 0) return null;
        _seconds.Sort();
        return _seconds[Math.Clamp((int)Math.Ceiling(p * _seconds.Count) - 1, 0, _seconds.Count - 1)] * 1e3;
    }

    // The first item whose outcome is another one than there; null when there is none.
    public int? FirstDifference(EngineRun other)
    {
        for (int i = 0; i < _results.Length; i++)
            if (!Same(_results[i], other._results[i])) return i;
        return null;
    }

    public string Shown(int index) => _results[index] switch
    {
        null => "no result",
        ['!', .. var type] => type,
        { Length: > 60 } text => text[..57] + "...",
        var text => text,
    };

    private static bool Same(string? a, string? b)
    {
        if (a == b) return true;
        if (a is null || b is null || a.StartsWith('!') || b.StartsWith('!')) return false;
        // The order of an object's members is no difference.
        using var left = JsonDocument.Parse(a);
        using var right = JsonDocument.Parse(b);
        return JsonElement.DeepEquals(left.RootElement, right.RootElement);
    }
}
