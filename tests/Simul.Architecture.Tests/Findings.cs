namespace Simul.Architecture.Tests;

// A rule that is broken names every place, not the first.
internal static class Findings
{
    public static void None(IEnumerable<string> findings, string rule)
    {
        var list = findings.Order(StringComparer.Ordinal).ToList();
        Assert.True(list.Count == 0, $"{rule} ({list.Count}):\n{string.Join('\n', list)}");
    }
}
