using System.Runtime.CompilerServices;

namespace Simul;

public sealed partial class LoopChannel<T>
{
    internal ValueTask WriteAsync(T item, CancellationToken token)
    {
        var scope = Enter();
        if (!token.CanBeCanceled && !_careful && scope.TryPassCheckpoint() && TryPut(item)) return default;
        return WriteSlowly(scope, item, token);
    }

    internal bool TryWrite(T item)
    {
        _loop.RequireLoop();
        return !_closed && TryPut(item);
    }

    internal ValueTask<bool> WaitToWriteAsync(CancellationToken token)
    {
        var scope = Enter();
        if (scope.IsCancelled) return scope.Cancelled<bool>();
        if (token.IsCancellationRequested) return ValueTask.FromCanceled<bool>(token);
        if (_closed) return EndOfWaits(scope);
        return _items.Count < _capacity || _readers.Count > 0 ? Answer(scope, true) : Watch(scope, _writeWatchers, token);
    }

    // For PendingWrites as well: a writer in line has given up.
    internal void ReportUndelivered(T item)
    {
        _totalUndelivered++;
        if (_undelivered is not null) PostUndelivered(item);
    }

    private ValueTask WriteSlowly(LoopScope scope, T item, CancellationToken token)
    {
        AssertInvariants();
        if (scope.IsCancelled)
        {
            ReportUndelivered(item);
            return scope.Cancelled();
        }
        if (token.IsCancellationRequested)
        {
            ReportUndelivered(item);
            return ValueTask.FromCanceled(token);
        }
        if (_closed)
        {
            ReportUndelivered(item);
            return ValueTask.FromException(ClosedError());
        }
        try
        {
            if (TryPut(item)) return scope.TryPassCheckpoint() ? default : scope.YieldUncancelled();
        }
        catch (Exception error) when (_compares)
        {
            ReportUndelivered(item);
            return ValueTask.FromException(error);
        }
        var waiter = scope.RentWaiter<T>();
        waiter.Arm(scope);
        waiter.Offer(item);
        _writers.Add(waiter);
        // A writer is all that a rendezvous has to read.
        if (_readWatchers.Count > 0) WakeAll(_readWatchers, true);
        return token.CanBeCanceled ? TokenWatch<T>.OfferAsync(waiter, token) : waiter.AsValueTask();
    }

    // To the longest waiter, else into the buffer. A reader that waits has it from now on, though it runs later.
    private bool TryPut(T item)
    {
        if (_readers.TakeFirst() is { } reader)
        {
            _totalWritten++;
            Unsafe.As<Waiter<T>>(reader).Grant(item);
            return true;
        }
        if (_items.Count >= _capacity) return false;
        _items.Add(item);
        _totalWritten++;
        if (_readWatchers.Count > 0) WakeAll(_readWatchers, true);
        return true;
    }

    // Foreign code: from the queue, so that whoever cancels or closes never meets what it throws. After the loop's end there
    // is no queue, and it is somebody's Shutdown that drops the items.
    private void PostUndelivered(T item)
    {
        if (_loop.Core is { IsCurrent: true, IsClosed: false } core) core.Ready.Push(new Action<object?>(_ => _undelivered!(item)), null, core.Host.RootContext);
        else ReportAfterTheEnd(item);
    }
}
