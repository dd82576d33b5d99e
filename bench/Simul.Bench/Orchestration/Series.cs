namespace Simul.Bench.Orchestration;

/// <summary>All lines of one program's metric over the rounds, and the figure they come to.</summary>
internal sealed class Series(string peer, string metric, string unit, Job job)
{
    private readonly List<RawLine> _lines = [];

    public string Peer => peer;

    public string Metric => metric;

    public string Unit => unit;

    public Job Job => job;

    /// <summary>The median over the rounds; rounds that were disturbed count only when all were.</summary>
    public double Value => Median(Kept.Select(l => l.Value));

    public double Min => Kept.Min(l => l.Min);

    public double Max => Kept.Max(l => l.Max);

    /// <summary>Every round was disturbed, or the rounds differ as much.</summary>
    public bool IsNoisy => _lines.All(l => l.IsNoisy) || (Kept.Min(l => l.Value) is > 0 and var low && Kept.Max(l => l.Value) / low > RawLine.NoisySpread);

    private List<RawLine> Kept => _lines.Exists(l => !l.IsNoisy) ? _lines.FindAll(l => !l.IsNoisy) : _lines;

    public void Add(RawLine line) => _lines.Add(line);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
