using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Simul;

public sealed partial class LoopChannel<T>
{
    internal ValueTask<T> ReadAsync(CancellationToken token)
    {
        var scope = Enter();
        if (!token.CanBeCanceled && TryTakeNow(scope, out var item)) return new(item!);
        return ReadSlowly(scope, token);
    }

    internal bool TryRead([MaybeNullWhen(false)] out T item)
    {
        _loop.RequireLoop();
        return TryTake(out item);
    }

    internal bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        _loop.RequireLoop();
        bool any = _items.Count > 0 || _writers.Count > 0;
        // Without a buffer it is the first writer's.
        item = !any ? default : _items.Count > 0 ? _items.Peek() : Unsafe.As<Waiter<T>>(_writers.First!).Offered;
        return any;
    }

    internal ValueTask<bool> WaitToReadAsync(CancellationToken token)
    {
        var scope = Enter();
        if (scope.IsCancelled) return scope.Cancelled<bool>();
        if (token.IsCancellationRequested) return ValueTask.FromCanceled<bool>(token);
        if (_items.Count > 0 || _writers.Count > 0) return Answer(scope, true);
        return IsDrained ? EndOfWaits(scope) : Watch(scope, _readWatchers, token);
    }

    // An item that is there, for whoever has not used up its step; the item that waits is the first thing looked for.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTakeNow(LoopScope scope, out T? item)
    {
        if (_items.Count > 0 && scope.TryPassCheckpoint())
        {
            item = TakeHeld();
            return true;
        }
        item = default;
        return false;
    }

    // Everything was read, and nothing will come.
    internal bool IsDrained => _closed && _items.Count == 0;

    internal ValueTask<bool> EndOfWaits(LoopScope scope) =>
        _error is null ? Answer(scope, false) : ValueTask.FromException<bool>(_error);

    // A read that has to wait: for an item, or only for its turn because its step was used up.
    internal Waiter<T> BeginRead(LoopScope scope)
    {
        var waiter = scope.RentWaiter<T>();
        if (TryTake(out var item))
        {
            waiter.ArmYield(scope, item);
            return waiter;
        }
        waiter.Arm(scope);
        _readers.Add(waiter);
        // A reader is all the room a rendezvous has.
        if (_capacity == 0 && _writeWatchers.Count > 0) WakeAll(_writeWatchers, true);
        return waiter;
    }

    private ValueTask<T> ReadSlowly(LoopScope scope, CancellationToken token)
    {
        AssertInvariants();
        if (scope.IsCancelled) return scope.Cancelled<T>();
        if (token.IsCancellationRequested) return ValueTask.FromCanceled<T>(token);
        if (IsDrained) return ValueTask.FromException<T>(ClosedError());
        // The second look is for those with a token, and for a rendezvous.
        if ((_items.Count > 0 || _writers.Count > 0) && scope.TryPassCheckpoint() && TryTake(out var item)) return new(item);
        var waiter = BeginRead(scope);
        return token.CanBeCanceled && waiter.IsPending ? TokenWatch<T>.WaitAsync(waiter, token) : waiter.AsValueTaskOfT();
    }

    private bool TryTake([MaybeNullWhen(false)] out T item)
    {
        if (_items.Count > 0)
        {
            item = TakeHeld();
            return true;
        }
        if (_writers.TakeFirst() is { } writer)
        {
            // Without a buffer it goes from hand to hand.
            _totalWritten++;
            item = Unsafe.As<Waiter<T>>(writer).TakeOffer();
            writer.Grant();
            return true;
        }
        item = default;
        return false;
    }

    private T TakeHeld()
    {
        var item = _items.Take();
        if (_writers.Count > 0) AdmitWriter();
        else if (_writeWatchers.Count > 0) WakeAll(_writeWatchers, true);
        else if (_closed && _items.Count == 0) EndReading();
        return item;
    }

    // There is room: the longest waiter's item comes in.
    private void AdmitWriter()
    {
        if (_compares)
        {
            AdmitComparedWriter();
            return;
        }
        var writer = Unsafe.As<Waiter<T>>(_writers.TakeFirst()!);
        _totalWritten++;
        _items.Add(writer.TakeOffer());
        writer.Grant();
    }

    // A comparer that throws is that writer's failure, not the reader's, and the room goes to the next.
    private void AdmitComparedWriter()
    {
        while (_writers.TakeFirst() is { } next)
        {
            var writer = Unsafe.As<Waiter<T>>(next);
            var item = writer.TakeOffer();
            try
            {
                _items.Add(item);
            }
            catch (Exception error)
            {
                ReportUndelivered(item);
                writer.Fail(error);
                continue;
            }
            _totalWritten++;
            writer.Grant();
            return;
        }
    }

    private static ValueTask<bool> Answer(LoopScope scope, bool answer) =>
        scope.TryPassCheckpoint() ? new(answer) : scope.YieldWith(answer);

    private static ValueTask<bool> Watch(LoopScope scope, WaiterQueue watchers, CancellationToken token)
    {
        var waiter = scope.RentWaiter<bool>();
        waiter.Arm(scope);
        watchers.Add(waiter);
        return token.CanBeCanceled ? TokenWatch<bool>.WaitAsync(waiter, token) : waiter.AsValueTaskOfT();
    }
}
