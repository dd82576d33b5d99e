using Simul.Processes.Launch;

namespace Simul.Processes.Pool;

// Workers that take more memory than they ever may are killed. One timer looks at all of them: often while any has something to
// do, seldom while none has (a thread that an item left may still take some), and not while there is no process.
internal sealed partial class WorkerPool
{
    private static readonly TimeSpan s_watchEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_watchIdleEvery = TimeSpan.FromMilliseconds(500);

    private readonly ITimer? _watch;   // null: they may have what they can get
    private bool _watchesClosely;      // owner: _gate; the timer is set, and to the short time

    private void BeginWatch(WorkerSlot slot)
    {
        if (_watch is null && Options.MaxWorkerMemory is null) return;
        var meter = MemoryMeter.Of(slot.Process!.Id);
        lock (_gate)
        {
            slot.Meter = meter;
            if (_watch is not null) WatchMemoryLocked();
        }
    }

    // After work was given out, and when a process was started.
    private void WatchMemoryLocked()
    {
        if (_watch is null || _watchesClosely || !IsAnyBusyLocked()) return;
        _watchesClosely = true;
        _watch.Change(s_watchEvery, Timeout.InfiniteTimeSpan);
    }

    private void OnWatch()
    {
        WorkerSlot[] watched;
        lock (_gate) watched = [.. _slots.Where(static s => s.Meter is not null)];
        foreach (var slot in watched)
        {
            long used = slot.Meter!.Read();
            if (used <= Options.WorkerMemoryLimit) continue;
            lock (_gate)
            {
                if (slot.State == WorkerSlotState.Gone) continue;
                slot.LimitNote ??= $"it had {MemoryMeter.Text(used)} of memory, and {nameof(ProcessExecutorOptions)}.{nameof(ProcessExecutorOptions.WorkerMemoryLimit)} allows {MemoryMeter.Text(Options.WorkerMemoryLimit!.Value)}, so it was killed";
            }
            slot.Process!.Kill();
        }
        lock (_gate)
        {
            _watchesClosely = IsAnyBusyLocked();
            if (_watchesClosely) _watch!.Change(s_watchEvery, Timeout.InfiniteTimeSpan);
            else if (watched.Length > 0) _watch!.Change(s_watchIdleEvery, Timeout.InfiniteTimeSpan);
        }
    }

    // One that is starting may be initializing; one that ends may have left threads.
    private bool IsAnyBusyLocked()
    {
        foreach (var slot in _slots)
        {
            if (slot.Meter is not null && (slot.Jobs.Count > 0 || slot.State != WorkerSlotState.Ready)) return true;
        }
        return false;
    }

    private async ValueTask DisposeTimersOfLifeAsync()
    {
        if (_idle is not null) await _idle.DisposeAsync().ConfigureAwait(false);
        if (_age is not null) await _age.DisposeAsync().ConfigureAwait(false);
        if (_watch is not null) await _watch.DisposeAsync().ConfigureAwait(false);
    }
}
