namespace Simul.Bench.Orchestration;

/// <summary>What a metric of Simul is held against.</summary>
/// <param name="Name">Simul's metric.</param>
/// <param name="Unit">Its unit; the peers' lines must have the same.</param>
/// <param name="Peers">Patterns <c>peer:metric</c> with <c>*</c>; one that begins with <c>!</c> takes lines out again.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="References">Lines of the physical references, and the factor that brings them to this metric's unit.</param>
internal sealed record MetricRule(string Name, string Unit, string[] Peers, bool HigherIsBetter = false, ReferenceRule[]? References = null)
{
    public bool IsPeer(string peer, string metric) =>
        Peers.Any(p => p[0] != '!' && Matches(p, peer, metric)) && !Peers.Any(p => p[0] == '!' && Matches(p[1..], peer, metric));

    // Above 1 means Simul is ahead, whichever way the metric runs. No ratio can be made with a zero.
    public double? Ratio(double simul, double other) =>
        HigherIsBetter ? (other > 0 ? simul / other : null) : (simul > 0 ? other / simul : null);

    public static bool Matches(string pattern, string peer, string metric)
    {
        int colon = pattern.IndexOf(':');
        return System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern.AsSpan(0, colon), peer, ignoreCase: false)
            && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern.AsSpan(colon + 1), metric, ignoreCase: false);
    }
}

/// <summary>A physical reference of a metric.</summary>
/// <param name="Line">Pattern <c>peer:metric</c> of the reference's line.</param>
/// <param name="Factor">Brings its value to the metric's unit.</param>
/// <param name="Name">How the report calls it.</param>
internal sealed record ReferenceRule(string Line, double Factor, string Name);
