using System.Diagnostics;

namespace Simul.Bench.Orchestration;

/// <summary>Runs Simul and its peers alternately, so that a slow minute of the machine hits all of them.</summary>
/// <remarks>
/// A full run makes three rounds of Simul, peer A, peer B, ... and then repeats what was noisy. A quick run makes one round
/// and Simul once more, inside a budget: peers stand fastest first, and those for which no time is left are named.
/// </remarks>
internal sealed class Rounds(Workload workload, IReadOnlyList<Job> jobs, JobRunner runner, bool quick)
{
    // Of the 50 s promised; the rest is for the build check, looking for tools and the report, also on a busy machine.
    private static readonly TimeSpan QuickBudget = TimeSpan.FromSeconds(41);
    private static readonly TimeSpan LongestJob = TimeSpan.FromSeconds(240);
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Dictionary<(string Peer, string Metric), Series> _series = [];
    private readonly Dictionary<Job, TimeSpan> _took = [];

    public bool SimulFailed { get; private set; }

    public IReadOnlyCollection<Series> Series => _series.Values;

    private TimeSpan Left => quick ? QuickBudget - Stopwatch.GetElapsedTime(_started) : TimeSpan.MaxValue;

    public async Task RunAsync()
    {
        var simul = jobs.Where(j => j.Kind == JobKind.Simul).ToList();
        if (quick) await RunQuickAsync(simul);
        else
        {
            for (int round = 1; round <= 3; round++)
            {
                Console.Error.WriteLine($"bench/run: {workload.Name}, round {round} of 3");
                foreach (var job in jobs) await RunOneAsync(job, LongestJob);
            }
        }
        await RepeatNoisyAsync();
    }

    private async Task RunQuickAsync(List<Job> simul)
    {
        foreach (var job in simul) await RunOneAsync(job, Left);
        var once = TimeSpan.FromSeconds(simul.Sum(j => _took[j].TotalSeconds));
        // Simul a second time, at the other end of the run, unless the workload is so long that peers would be lost.
        var reserve = once * 4 < QuickBudget ? once * 1.1 : TimeSpan.Zero;
        foreach (var job in jobs.Except(simul))
        {
            if (Left - reserve < TimeSpan.FromSeconds(1)) Console.Error.WriteLine($"bench/run: no time left for {job.Peer} in a quick run");
            else await RunOneAsync(job, Left - reserve);
        }
        if (reserve == TimeSpan.Zero) return;
        foreach (var job in simul) await RunOneAsync(job, Left + TimeSpan.FromSeconds(1));
    }

    // Simul's own lines first, then the peers that decide a ratio; in a quick run only as far as the time goes.
    private async Task RepeatNoisyAsync()
    {
        var noisy = _series.Values.Where(s => s.IsNoisy).ToList();
        foreach (var job in noisy.OrderBy(s => s.Job.Kind).ThenByDescending(Decides).Select(s => s.Job).Distinct().ToList())
        {
            if (quick && _took[job] * 1.2 > Left) continue;
            Console.Error.WriteLine($"bench/run: {job.Peer} was noisy, once more");
            await RunOneAsync(job, quick ? Left : LongestJob);
        }
        foreach (var series in _series.Values.Where(s => s.IsNoisy))
        {
            Console.Error.WriteLine($"bench/run: noisy: {series.Peer} {series.Metric} {series.Min:G4} to {series.Max:G4} {series.Unit}");
        }
    }

    private bool Decides(Series series) =>
        workload.Rules.Any(rule => rule.IsPeer(series.Peer, series.Metric) && Comparison.BestPeer(rule, _series.Values) == series);

    private async Task RunOneAsync(Job job, TimeSpan limit)
    {
        if (limit < TimeSpan.FromSeconds(1)) limit = TimeSpan.FromSeconds(1);
        long started = Stopwatch.GetTimestamp();
        var (lines, good) = await runner.RunAsync(job, limit < LongestJob ? limit : LongestJob);
        _took[job] = Stopwatch.GetElapsedTime(started);
        if (!good && job.Kind == JobKind.Simul) SimulFailed = true;
        foreach (var line in lines)
        {
            var key = (line.Peer, line.Metric);
            if (!_series.TryGetValue(key, out var series)) _series[key] = series = new Series(line.Peer, line.Metric, line.Unit, job);
            series.Add(line);
        }
    }
}
