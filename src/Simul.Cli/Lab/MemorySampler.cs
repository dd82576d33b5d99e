namespace Simul.Cli;

// The greatest memory a tree of processes was seen to have. Looks every 50 ms, and less often when looking is dear (many
// workers): never more than a tenth of a core.
internal sealed class MemorySampler : IAsyncDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private readonly int _root;
    private long _peak; // written by the sampling task and by Look; only ever grows

    public MemorySampler(int root, TimeProvider clock)
    {
        _root = root;
        _work = ProcessTree.IsMeasurable ? Task.Run(() => SampleAsync(clock)) : Task.CompletedTask;
    }

    public long PeakBytes => Interlocked.Read(ref _peak);

    public void Look()
    {
        long now = ProcessTree.MemoryBytes(_root);
        long seen;
        while ((seen = Interlocked.Read(ref _peak)) < now && Interlocked.CompareExchange(ref _peak, now, seen) != seen)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task SampleAsync(TimeProvider clock)
    {
        while (true)
        {
            long began = clock.GetTimestamp();
            Look();
            var cost = clock.GetElapsedTime(began);
            await Task.Delay(cost * 10 > s_period ? cost * 10 : s_period, clock, _stop.Token);
        }
    }
}
