namespace Simul.Cli;

// Memory as a condition, as GNU parallel's --memfree and --memsuspend have it: below `free` bytes nothing new begins; below half of
// it the youngest of those that run is killed and put back, unless it is the only one (so that the work moves); and whoever
// holds more than `limit` is killed. It looks a few times a second; reading the whole of /proc is not free.
//
// Thread safety: none; its owner's thread alone uses it.
internal sealed class MemoryGuard(IMemoryReader reader, long? free, long? limit, TimeProvider time)
{
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private long _seen = long.MaxValue;
    private long? _looked;
    private long? _judged;

    public long? Free => free;

    public long Available
    {
        get
        {
            if (free is not null && (_looked is not { } last || time.GetElapsedTime(last) >= Period))
            {
                _seen = reader.Available();
                _looked = time.GetTimestamp();
            }
            return _seen;
        }
    }

    public bool MayStart => free is null || Available >= free;

    public bool MustShed => free is not null && Available < free / 2;

    // At most once a period: whether to look at those that run.
    public bool IsTimeToJudge()
    {
        if (_judged is { } last && time.GetElapsedTime(last) < Period) return false;
        _judged = time.GetTimestamp();
        return true;
    }

    // Null where nothing was asked for, so that the loops that ask need not wake up for it.
    public static MemoryGuard? Create(long? free, long? limit)
    {
        if (free is null && limit is null) return null;
        if (!SystemMemory.IsReadable) throw new UsageException($"{(free is null ? "--memory-limit" : "--memory-free")} reads /proc/meminfo, which this system does not have; leave the option out.");
        return new MemoryGuard(new SystemMemory(), free, limit, TimeProvider.System);
    }

    // What a process does wrong; null when it keeps within its limit.
    public string? Verdict(int process)
    {
        if (limit is not { } most) return null;
        long used = reader.OfTree(process);
        return used > most ? $"used {SizeParser.Text(used)} of memory, more than --memory-limit {SizeParser.Text(most)}" : null;
    }

    // Said once a wait becomes long.
    public string Waiting => $"waiting for memory: {SizeParser.Text(Available)} are available, --memory-free wants {SizeParser.Text(free ?? 0)}";
}
