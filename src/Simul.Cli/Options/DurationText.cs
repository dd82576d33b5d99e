using System.Globalization;

namespace Simul.Cli;

// Durations for people: 12:00:00 from a minute up, 5.2 s, 14 ms, 830 us below.
internal static class DurationText
{
    public static string Of(TimeSpan duration) => Of(duration.TotalSeconds);

    public static string Of(double seconds) => seconds switch
    {
        < 0 => "-" + Of(-seconds),
        >= 86400 => string.Create(CultureInfo.InvariantCulture, $"{(long)seconds / 86400}d {TimeSpan.FromSeconds(Math.Round(seconds % 86400)):hh\\:mm\\:ss}"),
        >= 59.95 => TimeSpan.FromSeconds(Math.Round(seconds)).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
        >= 1 when seconds == Math.Floor(seconds) => seconds.ToString("0 's'", CultureInfo.InvariantCulture),
        >= 9.995 => seconds.ToString("0.0 's'", CultureInfo.InvariantCulture),
        >= 1 => seconds.ToString("0.00 's'", CultureInfo.InvariantCulture),
        >= 1e-3 => (seconds * 1e3).ToString("0.#", CultureInfo.InvariantCulture) + " ms",
        0 => "0 s",
        _ => (seconds * 1e6).ToString("0.#", CultureInfo.InvariantCulture) + " us",
    };
}
