using System.Globalization;
using Simul.Cli.Jobs;

namespace Simul.Cli;

// Runs a method over inputs on one engine after the other, each in a fresh host, and measures.
//
// The first pass, one by one, is the reference and is not measured as an engine: it warms the file cache for all alike,
// shows whether the method repeats its own results at all, and tells how much of its time it computes. From that follows
// how many workers a method that waits needs.
internal sealed class EngineComparison(JobAssembly assembly, string method, IReadOnlyList<string> inputs, int? workers, TimeSpan? timeout, TimeProvider clock)
{
    // A reference pass longer than this is also the figure for one by one.
    private static readonly TimeSpan s_longReference = TimeSpan.FromSeconds(30);

    private readonly int _cores = Environment.ProcessorCount;

    private sealed record Measured(EngineRun Run, JobReady? Ready, JobEnd End, double WallS, double CpuS, double WantedS, double PeakMb);

    public async Task<CompareReport> RunAsync(IReadOnlyList<string> engines, CancellationToken token)
    {
        var reference = await MeasureAsync("sync", 1, token);
        bool broken = reference.End.Trouble is not null;
        // Time spent waiting for a core that others hold is the method's wish to compute, not its waiting.
        double cpuShare = broken || reference.WallS <= 0 ? 1 : Math.Min(1, Math.Max(reference.CpuS, reference.WantedS) / reference.WallS);
        var oneByOne = reference;
        bool repeatable = true;
        string name = reference.Ready?.Method ?? method;
        bool asynchronous = reference.Ready?.Asynchronous ?? false;
        var measured = new List<(string Engine, int Workers, Measured M, string? Note)>();
        foreach (string engine in engines.OrderBy(e => e == "sync" ? 0 : 1))
        {
            Measured m;
            string? note = null;
            int count = WorkersOf(engine, cpuShare, asynchronous, ref note);
            if (engine == "sync")
            {
                m = oneByOne = broken || reference.WallS > s_longReference.TotalSeconds ? reference : await MeasureAsync(engine, 1, token);
                repeatable = ReferenceEquals(m, reference) || m.Run.FirstDifference(reference.Run) is null;
            }
            else
            {
                m = await MeasureAsync(engine, count, token);
            }
            bool blocks = engine == "loop" && !asynchronous;
            if (blocks) note = "the method is synchronous: the loop runs one at a time";
            measured.Add((engine, blocks ? 1 : m.Ready?.Workers ?? count, m, note));
        }
        // One by one did not get through: whoever did is what the others are held against.
        var basis = broken ? measured.Select(x => x.M).FirstOrDefault(m => m.End.Trouble is null)?.Run ?? reference.Run : reference.Run;
        var figures = engines.Select(e => measured.Single(x => x.Engine == e)).Select(x => Figure(x.Engine, x.Workers, x.M, x.Note, basis, oneByOne)).ToList();
        var (recommended, reason) = Recommendation.Decide(figures, _cores, cpuShare, repeatable, asynchronous);
        return new CompareReport(name, inputs.Count, _cores, figures, recommended, reason);
    }

    // One a core, but more threads and processes for a method that waits: while one waits another can compute.
    private int WorkersOf(string engine, double cpuShare, bool asynchronous, ref string? note)
    {
        if (workers is { } given) return given;
        if (engine is not ("threads" or "processes") || asynchronous && engine == "processes" || cpuShare > 0.7) return _cores;
        int most = engine == "threads" ? 64 : 8 * _cores;
        int count = Math.Min((int)Math.Clamp(Math.Ceiling(_cores / Math.Max(cpuShare, 0.01)), _cores, most), Math.Max(_cores, inputs.Count));
        if (count > _cores) note = string.Create(CultureInfo.InvariantCulture, $"{count} workers, since the method waits {(1 - cpuShare) * 100:0} % of its time");
        return count;
    }

    private async Task<Measured> MeasureAsync(string engine, int count, CancellationToken token)
    {
        using var progress = new JobProgress(engine, inputs.Count);
        await using var host = JobHostProcess.Start(assembly, progress.Say);
        var results = new EngineRun(inputs, progress, clock);
        // The loop's own default is the right one: for an asynchronous method many at once.
        var plan = new JobPlan(method, engine, inputs) { Workers = engine is "sync" or "loop" ? workers : count, Timeout = timeout };
        var run = new JobRun(host, assembly, plan, results, clock);
        if (await run.OpenAsync(token) is { } early) throw new JobFailure(early.Trouble!);
        progress.Begin();
        bool tree = ProcessTree.IsMeasurable;
        await using var memory = new MemorySampler(host.ProcessId, clock);
        double cpuBefore = tree ? ProcessTree.CpuSeconds(host.ProcessId) : 0;
        double wantedBefore = tree ? ProcessTree.WantedSeconds(host.ProcessId) : 0;
        long began = clock.GetTimestamp();
        var end = await run.RunAsync(Enumerable.Range(0, inputs.Count), token);
        token.ThrowIfCancellationRequested();
        double wall = results.Ends > 0 ? clock.GetElapsedTime(began, results.LastEnd).TotalSeconds : 0;
        if (tree && end.Done is not null) memory.Look();
        double cpu = tree ? ProcessTree.CpuSeconds(host.ProcessId) - cpuBefore : end.Done?.HostCpuSeconds ?? 0;
        double wanted = tree ? ProcessTree.WantedSeconds(host.ProcessId) - wantedBefore : cpu;
        double peak = (tree ? memory.PeakBytes : end.Done?.HostPeakBytes ?? 0) / 1048576.0;
        return new Measured(results, run.Ready, end, wall, cpu, wanted, peak);
    }

    private static EngineFigure Figure(string engine, int count, Measured m, string? note, EngineRun reference, Measured oneByOne)
    {
        var notes = new List<string>();
        bool broke = m.End.Trouble is not null;
        if (m.End.Trouble is { } trouble) notes.Add(trouble);
        int? differs = broke ? null : m.Run.FirstDifference(reference);
        if (differs is { } i) notes.Add($"item {i} differs: {m.Run.Shown(i)}, in the reference run {reference.Shown(i)}");
        if (m.Run.FirstFailure is { } failure) notes.Add(failure);
        if (note is not null && !broke) notes.Add(note);
        bool equal = !broke && differs is null;
        string? text = notes.Count > 0 ? string.Join("; ", notes) : null;
        if (broke) return new EngineFigure(engine, count, null, null, null, null, null, null, false, m.Run.Failed, text) { Broke = true, Timeline = m.Run.Timeline };
        double? speedup = oneByOne.End.Trouble is null && m.WallS > 0 ? Round(oneByOne.WallS / m.WallS, 3) : null;
        return new EngineFigure(engine, count, Round(m.WallS, 4), Round(m.CpuS, 2), speedup, Round(m.Run.Percentile(0.5), 4), Round(m.Run.Percentile(0.99), 4), Round(m.PeakMb, 1), equal, m.Run.Failed, text)
        {
            Timeline = m.Run.Timeline,
            GcShare = engine == "processes" || m.WallS <= 0 ? null : (m.End.Done?.GcPauseSeconds ?? 0) / m.WallS,
        };
    }

    private static double? Round(double? value, int digits) => value is { } v ? Math.Round(v, digits) : null;
}
