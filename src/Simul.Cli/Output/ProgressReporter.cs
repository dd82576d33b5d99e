using System.Globalization;

namespace Simul.Cli;

// How far the work is, on standard error. On a terminal: one live line with a bar, the rate and the time left. Elsewhere:
// a plain line every few seconds, and the last one always, so that a log shows the work moving.
//
// Thread safety: all members may be used from any thread.
internal sealed class ProgressReporter : IDisposable
{
    private const int BarWidth = 30;
    private static readonly TimeSpan s_livePace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_plainPace = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly long _total;
    private readonly string _unit;
    private readonly bool _live;
    private readonly TimeProvider _time;
    private readonly TextWriter _writer;
    private readonly long _start;
    private long _shown; // stamp of the last line; owner: _gate
    private long _done; // owner: _gate
    private long _failed; // owner: _gate
    private bool _drawn; // the live line stands on the screen; owner: _gate
    private bool _ended; // owner: _gate

    internal ProgressReporter(long total, string unit, bool live, TimeProvider time, TextWriter writer)
    {
        _total = total;
        _unit = unit;
        _live = live;
        _time = time;
        _writer = writer;
        _start = _shown = time.GetTimestamp();
    }

    // A bar on a terminal, lines elsewhere.
    public static ProgressReporter Start(long total, string unit) => new(total, unit, Terminal.IsErrorLive, TimeProvider.System, Console.Error);

    // A bar on a terminal, nothing elsewhere: for work whose own output shows that it moves.
    public static ProgressReporter? Live(long total, string unit) => Terminal.IsErrorLive ? Start(total, unit) : null;

    // Done counts all that ended, failed ones too. Between: writes other output, with the bar out of its way.
    public void Report(long done, long failed = 0, Action? between = null)
    {
        lock (_gate)
        {
            _done = done;
            _failed = failed;
            if (_ended) return;
            if (between is not null)
            {
                EraseLocked();
                between();
            }
            bool due = _time.GetElapsedTime(_shown) >= (_live ? s_livePace : s_plainPace);
            bool wasDrawn = _live && between is not null && _shown != _start;
            if (due || wasDrawn) ShowLocked();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            if (_live) EraseLocked();
            else ShowLocked();
        }
    }

    private void ShowLocked()
    {
        _shown = _time.GetTimestamp();
        double seconds = _time.GetElapsedTime(_start, _shown).TotalSeconds;
        double rate = seconds > 0 ? _done / seconds : 0;
        string failed = _failed > 0 ? $", {_failed} failed" : "";
        string left = _done >= _total ? "" : rate > 0 ? $", {DurationText.Of((_total - _done) / rate)} left" : "";
        string text = string.Create(CultureInfo.InvariantCulture, $"{_done}/{_total} {_unit}{failed}, {rate:0.#}/s{left}");
        if (!_live)
        {
            _writer.WriteLine(text);
            return;
        }
        int filled = _total <= 0 ? BarWidth : (int)Math.Min(BarWidth, BarWidth * _done / _total);
        // No colour is needed to read it; NO_COLOR terminals get the same line.
        _writer.Write($"\r\x1b[K[{new string('#', filled)}{new string('.', BarWidth - filled)}] {text}");
        _drawn = true;
    }

    private void EraseLocked()
    {
        if (_drawn) _writer.Write("\r\x1b[K");
        _drawn = false;
    }
}
