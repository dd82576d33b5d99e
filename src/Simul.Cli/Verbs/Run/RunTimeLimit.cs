using System.Globalization;

namespace Simul.Cli;

// How long one command may run: a time, or a percentage of the median of those that have succeeded (three at least, so that one
// quick command does not condemn the others).
internal sealed class RunTimeLimit
{
    private const int Enough = 3;
    private readonly TimeSpan? _fixed;
    private readonly double _percent;
    private readonly List<double> _seconds = []; // sorted

    private RunTimeLimit(TimeSpan? time, double percent)
    {
        _fixed = time;
        _percent = percent;
    }

    // Null as long as nobody can say.
    public TimeSpan? Current => _fixed ?? (_seconds.Count < Enough ? null : TimeSpan.FromSeconds(_seconds[_seconds.Count / 2] * _percent / 100));

    public static RunTimeLimit? Parse(string text)
    {
        if (text.EndsWith('%'))
        {
            return double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent > 100
                ? new(null, percent)
                : null;
        }
        return DurationParser.TryParse(text, out var time) && time > TimeSpan.Zero ? new(time, 0) : null;
    }

    public void Succeeded(double seconds)
    {
        if (_fixed is not null) return;
        int at = _seconds.BinarySearch(seconds);
        _seconds.Insert(at < 0 ? ~at : at, seconds);
    }
}
