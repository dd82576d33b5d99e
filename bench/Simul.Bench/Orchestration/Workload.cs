namespace Simul.Bench.Orchestration;

/// <summary>A workload: the programs to run, fastest peers first (a quick run leaves out from the end), and the rules.</summary>
internal sealed record Workload(string Name, string Says, MetricRule[] Rules, Func<bool, IReadOnlyList<Job>> Jobs);
