using System.Globalization;

namespace Simul.Cli.Jobs;

// Where a job stands, on standard error. On a terminal a bar in the last line, once the work has taken a second; elsewhere
// a plain line every few seconds. Lines that others print go above the bar.
// Thread safety: all members from any thread.
internal sealed class JobProgress : IDisposable
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_live = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_plain = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly string _what;
    private readonly int _total;
    private readonly bool _isLive = Terminal.IsErrorLive;
    private readonly long _began;
    private readonly ITimer _timer;
    private int _done; // owner of these: _gate
    private int _failed;
    private bool _drawn;
    private bool _closed;

    // total: the items of this run; what was done earlier has no share in rate and time left.
    public JobProgress(string what, int total, TimeProvider clock)
    {
        _what = what;
        _total = total;
        _clock = clock;
        _began = clock.GetTimestamp();
        var period = _isLive ? s_live : s_plain;
        _timer = clock.CreateTimer(_ => Show(), null, _isLive ? s_first : s_plain, period);
    }

    public void Advance(bool failed)
    {
        lock (_gate)
        {
            _done++;
            if (failed) _failed++;
        }
    }

    public void Say(string line)
    {
        lock (_gate)
        {
            EraseLocked();
            Console.Error.WriteLine(line);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            EraseLocked();
            _closed = true;
        }
    }

    // "threads 42 % 1,260 of 3,000, 12 failed, 310/s, 5.6 s left"
    internal static string Line(string what, int done, int failed, int total, TimeSpan elapsed)
    {
        double rate = elapsed > TimeSpan.Zero ? done / elapsed.TotalSeconds : 0;
        string line = string.Create(CultureInfo.InvariantCulture, $"{what} {(total == 0 ? 100 : 100L * done / total)} % {done:N0} of {total:N0}");
        if (failed > 0) line += string.Create(CultureInfo.InvariantCulture, $", {failed:N0} failed");
        if (rate > 0) line += string.Create(CultureInfo.InvariantCulture, $", {(rate >= 10 ? rate.ToString("N0", CultureInfo.InvariantCulture) : rate.ToString("0.0", CultureInfo.InvariantCulture))}/s, {DurationText.Of((total - done) / rate)} left");
        return line;
    }

    private void Show()
    {
        lock (_gate)
        {
            if (_closed) return;
            string line = Line(_what, _done, _failed, _total, _clock.GetElapsedTime(_began));
            if (!_isLive)
            {
                Console.Error.WriteLine(line);
                return;
            }
            const int Width = 24;
            int filled = _total == 0 ? Width : (int)((long)Width * _done / _total);
            string bar = new string('━', filled) + (Terminal.WantsColour ? "\e[2m" : "") + new string(Terminal.WantsColour ? '━' : '─', Width - filled) + (Terminal.WantsColour ? "\e[0m" : "");
            // Erase to the end of the line last: a shorter line leaves nothing of a longer one.
            Console.Error.Write($"\r{bar} {line}\e[K");
            _drawn = true;
        }
    }

    private void EraseLocked()
    {
        if (!_drawn) return;
        Console.Error.Write("\r\e[K");
        _drawn = false;
    }
}
