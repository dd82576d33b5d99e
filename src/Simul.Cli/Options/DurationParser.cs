using System.Globalization;

namespace Simul.Cli;

// Durations as people write them: 5s, 1.5m, 200ms, 2h, 1d, 50us, and sums of them: 1m30s. A plain number has no unit and
// is refused rather than guessed; 0 needs none.
internal static class DurationParser
{
    private static readonly (string Unit, double Seconds)[] s_units =
    [
        ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400),
    ];

    // Ten years: more is a slip of the finger, and far from where ticks overflow.
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3653);

    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is "0") return true;
        double seconds = 0;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.IsEmpty) return false;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
            rest = rest[digits..];
            int letters = rest.IndexOfAny("0123456789.");
            var unit = letters < 0 ? rest : rest[..letters];
            rest = rest[unit.Length..];
            bool known = false;
            foreach (var (name, size) in s_units)
            {
                if (!unit.SequenceEqual(name)) continue;
                seconds += number * size;
                known = true;
                break;
            }
            if (!known) return false;
        }
        if (seconds > Longest.TotalSeconds) return false;
        duration = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        return true;
    }
}
