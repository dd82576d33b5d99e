namespace Simul.Cli;

// The items the table's measurements are made with. Static, so that worker processes can run them.
internal static class TableWork
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(5);

    private static TimeProvider Clock => TimeProvider.System;

    public static int Sleep(int milliseconds)
    {
        Clock.Sleep(TimeSpan.FromMilliseconds(milliseconds));
        return milliseconds;
    }

    public static async Task<int> SleepAsync(int milliseconds)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), EventLoop.Current.TimeProvider);
        return milliseconds;
    }

    public static long Spin(long rounds)
    {
        long x = 1;
        for (long i = 0; i < rounds; i++) x = (x * 6364136223846793005) + 1442695040888963407;
        return x;
    }

    // Computes for a while without a pause.
    public static int SpinFor(int milliseconds)
    {
        long began = Clock.GetTimestamp();
        while (Clock.GetElapsedTime(began).TotalMilliseconds < milliseconds) Spin(10_000);
        return milliseconds;
    }

    // Computes for a while as a cooperative item must: a millisecond, then the others' turn.
    public static async Task<int> SpinForAsync(int milliseconds)
    {
        long began = Clock.GetTimestamp();
        while (Clock.GetElapsedTime(began).TotalMilliseconds < milliseconds)
        {
            SpinFor(1);
            await EventLoop.Yield();
        }
        return milliseconds;
    }

    // Ticks every 5 ms for a while, as somebody who does a little I/O again and again; how long a tick took.
    public static Ticks Tick(int milliseconds)
    {
        var ticks = new TickCount(Clock);
        while (ticks.Elapsed.TotalMilliseconds < milliseconds)
        {
            Clock.Sleep(s_tick);
            ticks.Add();
        }
        return ticks.Result;
    }

    public static async Task<Ticks> TickAsync(int milliseconds)
    {
        var ticks = new TickCount(Clock);
        while (ticks.Elapsed.TotalMilliseconds < milliseconds)
        {
            await EventLoop.Delay(s_tick);
            ticks.Add();
        }
        return ticks.Result;
    }

    // Holds its worker until it is told to stop.
    public static int Hold(int number, CancellationToken token)
    {
        token.WaitHandle.WaitOne();
        return number;
    }

    // Typical: the median, which other programs on the machine move less than the mean.
    public sealed record Ticks(double TypicalMilliseconds, double LongestMilliseconds);

    private sealed class TickCount(TimeProvider clock)
    {
        private readonly long _began = clock.GetTimestamp();
        private long _last = clock.GetTimestamp();
        private readonly List<double> _took = [];

        public TimeSpan Elapsed => clock.GetElapsedTime(_began);

        public Ticks Result
        {
            get
            {
                _took.Sort();
                return new(_took[_took.Count / 2], _took[^1]);
            }
        }

        public void Add()
        {
            long now = clock.GetTimestamp();
            _took.Add(clock.GetElapsedTime(_last, now).TotalMilliseconds);
            _last = now;
        }
    }
}
