using System.Text.Json;
using System.Text.Json.Nodes;

namespace Simul.Bench.Orchestration;

/// <summary>Holds Simul's figures against the best peer and against the physical references.</summary>
internal static class Comparison
{
    public static Series? Simul(MetricRule rule, IEnumerable<Series> all) =>
        all.FirstOrDefault(s => s.Job.Kind == JobKind.Simul && s.Metric == rule.Name);

    public static IEnumerable<Series> Peers(MetricRule rule, IEnumerable<Series> all)
    {
        var peers = all.Where(s => s.Job.Kind == JobKind.Peer && s.Unit == rule.Unit && rule.IsPeer(s.Peer, s.Metric));
        return rule.HigherIsBetter ? peers.OrderByDescending(s => s.Value) : peers.OrderBy(s => s.Value);
    }

    public static Series? BestPeer(MetricRule rule, IEnumerable<Series> all) => Peers(rule, all).FirstOrDefault();

    public static IEnumerable<(ReferenceRule Rule, double Value)> References(MetricRule rule, IEnumerable<Series> all) =>
        from reference in rule.References ?? []
        let line = all.FirstOrDefault(s => s.Job.Kind == JobKind.Reference && MetricRule.Matches(reference.Line, s.Peer, s.Metric))
        where line is not null
        select (reference, line.Value * reference.Factor);

    /// <summary>The contract's lines for one workload, in the order of its metrics.</summary>
    public static IEnumerable<string> JsonLines(Workload workload, IReadOnlyCollection<Series> all)
    {
        foreach (var rule in workload.Rules)
        {
            if (Simul(rule, all) is not { } simul) continue;
            var best = BestPeer(rule, all);
            yield return new JsonObject
            {
                ["workload"] = workload.Name,
                ["metric"] = rule.Name,
                ["unit"] = rule.Unit,
                ["simul"] = Six(simul.Value),
                ["best_peer"] = best?.Peer,
                ["best_peer_value"] = best is null ? null : Six(best.Value),
                ["ratio"] = best is null || rule.Ratio(simul.Value, best.Value) is not { } ratio ? null : Six(ratio),
            }.ToJsonString(Options);
        }
        foreach (var rule in workload.Rules)
        {
            if (Simul(rule, all) is not { } simul) continue;
            foreach (var (reference, value) in References(rule, all))
            {
                yield return new JsonObject
                {
                    ["workload"] = workload.Name,
                    ["metric"] = rule.Name,
                    ["reference"] = reference.Name,
                    ["reference_value"] = Six(value),
                    ["ratio"] = rule.Ratio(simul.Value, value) is { } ratio ? Six(ratio) : null,
                }.ToJsonString(Options);
            }
        }
    }

    // Relaxed: the default encoder writes "+" and "<" as escapes, which nobody can read.
    private static readonly JsonSerializerOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static double Six(double value) => double.Parse(value.ToString("G6"));
}
