using System.Globalization;

namespace Simul.Cli;

// Amounts of memory as people, and GNU parallel, write them: 500M, 1.5G, 2GiB (units of 1024), 500m, 2g (units of 1000). A plain
// number has no unit and is refused rather than guessed.
internal static class SizeParser
{
    private static readonly string s_units = "KMGT";

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        string stem = text.EndsWith("iB", StringComparison.Ordinal) ? text[..^2] : text;
        if (stem.Length < 2) return false;
        char unit = stem[^1];
        int power = s_units.IndexOf(char.ToUpperInvariant(unit)) + 1;
        if (power == 0 || (stem.Length != text.Length && char.IsLower(unit))) return false;
        if (!double.TryParse(stem.AsSpan(0, stem.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
        double size = number * Math.Pow(char.IsLower(unit) ? 1000 : 1024, power);
        if (size is not (>= 1 and < long.MaxValue / 2)) return false;
        bytes = (long)size;
        return true;
    }

    public static string Text(long bytes)
    {
        double size = bytes;
        int power = 0;
        while (size >= 1024 && power < s_units.Length)
        {
            size /= 1024;
            power++;
        }
        return power == 0 ? $"{bytes} bytes" : string.Create(CultureInfo.InvariantCulture, $"{size:0.##} {s_units[power - 1]}iB");
    }
}
