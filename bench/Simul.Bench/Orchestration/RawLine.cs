using System.Text.Json;

namespace Simul.Bench.Orchestration;

/// <summary>One result of one program, in the form that peers and Simul print alike.</summary>
internal sealed record RawLine(string Peer, string Metric, double Value, string Unit, double Min, double Max, string Text)
{
    // Above this spread between the lowest and the highest repeat a line says more about the machine than the program.
    public const double NoisySpread = 1.3;

    public bool IsNoisy => Min > 0 && Max / Min > NoisySpread;

    public static RawLine? TryParse(string text)
    {
        if (!text.StartsWith('{')) return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return new RawLine(
                root.GetProperty("peer").GetString()!, root.GetProperty("metric").GetString()!,
                root.GetProperty("value").GetDouble(), root.GetProperty("unit").GetString()!,
                root.GetProperty("min").GetDouble(), root.GetProperty("max").GetDouble(), text);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
