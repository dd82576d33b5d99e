using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// The end of a pool, in order:
// 1. no new work is taken;
// 2. what was accepted ends;
// 3. the workers are asked to end, and let their own foreground threads end;
// 4. after the grace period they are killed.
internal sealed partial class WorkerPool
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closing; // set once, under _gate
    private bool _stopping;         // owner: _gate; set once
    private Task? _closed;          // owner: _gate

    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closing = true;
            _closed ??= Task.Run(CloseCoreAsync);
        }
        return _closed;
    }

    private async Task CloseCoreAsync()
    {
        CheckDrained();
        await _drained.Task.ConfigureAwait(false);
        WorkerSlot[] living;
        lock (_gate)
        {
            _stopping = true;
            living = [.. _slots.Where(s => s.State != WorkerSlotState.Empty)];
            foreach (var slot in living)
            {
                if (slot.State is WorkerSlotState.Starting or WorkerSlotState.Ready) slot.State = WorkerSlotState.Stopping;
                WriteLocked(slot, 0, static (writer, _) =>
                {
                    writer.Begin(MessageKind.Stop);
                    writer.End();
                });
            }
        }
        Flush();
        var ended = Task.WhenAll(living.Select(s => s.Ended));
        try
        {
            // A worker that still starts needs its time to come up before it can read the request.
            await ended.WaitAsync(Options.Grace + TimeSpan.FromSeconds(1), TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var slot in living) slot.Process?.Kill();
            await ended.ConfigureAwait(false);
        }
        await _rebalance.DisposeAsync().ConfigureAwait(false);
        await _trim.DisposeAsync().ConfigureAwait(false);
        Launcher.Dispose();
    }

    private void CheckDrained()
    {
        if (!_closing) return;
        lock (_gate)
        {
            if (_open == 0) _drained.TrySetResult();
        }
    }
}
