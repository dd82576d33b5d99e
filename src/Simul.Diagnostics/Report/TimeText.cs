using System.Globalization;

namespace Simul.Diagnostics;

/// <summary>Writes times for people; the page's script (<c>time.js</c>) writes them alike.</summary>
internal static class TimeText
{
    public static string Format(TimeSpan time, TimelineClock clock) =>
        time < TimeSpan.Zero ? "−" + Format(time.Negate(), clock)
        : clock == TimelineClock.Exhibition ? Exhibition(time)
        : Wall(time);

    private static string Exhibition(TimeSpan time)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
        return time.Milliseconds == 0 ? text : text + (time.Milliseconds / 1000.0).ToString(".###", CultureInfo.InvariantCulture);
    }

    private static string Wall(TimeSpan time)
    {
        double seconds = time.TotalSeconds;
        return seconds switch
        {
            0 => "0 s",
            >= 60 => Exhibition(TimeSpan.FromSeconds(Math.Round(seconds))),
            >= 1 => Number(seconds) + " s",
            >= 1e-3 => Number(seconds * 1e3) + " ms",
            _ => Number(seconds * 1e6) + " µs",
        };
    }

    // Three figures say what a measurement is worth.
    private static string Number(double value) =>
        value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
