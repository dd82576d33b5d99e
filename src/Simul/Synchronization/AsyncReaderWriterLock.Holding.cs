using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

// Who holds it, and who is next.
public sealed partial class AsyncReaderWriterLock
{
    internal void Release(AsyncReaderWriterHold hold)
    {
        if (_loop.IsHere) ReleaseOnLoop(hold);
        else PostRelease(hold);
    }

    // The writer reads on. Never free in between, and readers behind it come along, up to the next writer.
    internal AsyncReaderWriterHold Downgrade(AsyncReaderWriterHold hold)
    {
        _loop.Enter();
        if (hold.Number != _writeHold) ThrowStale();
        var scope = _writer!;
        (_writeHold, _writer) = (0, null);
        var read = Take(write: false, scope);
        Admit();
        return read;
    }

    // Apart, because C# makes the closure where the method begins.
    private void PostRelease(AsyncReaderWriterHold hold) => _loop.Post(_ => ReleaseOnLoop(hold), null);

    private ValueTask<AsyncReaderWriterHold> LockAsync(bool write)
    {
        var scope = _loop.Enter();
        if (!IsOpenTo(write)) return scope.WaitInWith(_waiters, new AsyncReaderWriterHold(this, 0, write));
        return scope.IsCancelled ? scope.Cancelled<AsyncReaderWriterHold>() : scope.PassWith(Take(write, scope));
    }

    private bool TryLock(bool write, out AsyncReaderWriterHold hold)
    {
        var scope = _loop.Enter();
        hold = IsOpenTo(write) ? Take(write, scope) : default;
        return hold.IsHeld;
    }

    private bool IsOpenTo(bool write) => _waiters.Count == 0 && CanHold(write);

    private bool CanHold(bool write) => _writeHold == 0 && (!write || _readers.Count == 0);

    private AsyncReaderWriterHold Take(bool write, LoopScope scope)
    {
        long hold = ++_lastHold;
        if (write) (_writeHold, _writer) = (hold, scope);
        else _readers.Add(hold, scope);
        return new AsyncReaderWriterHold(this, hold, write);
    }

    private void ReleaseOnLoop(AsyncReaderWriterHold hold)
    {
        AssertInvariants();
        if (!hold.IsWrite)
        {
            if (!_readers.Remove(hold.Number)) ThrowStale();
        }
        else
        {
            if (hold.Number != _writeHold) ThrowStale();
            (_writeHold, _writer) = (0, null);
        }
        Admit();
    }

    // Those at the head of the line whom nobody keeps out: readers up to the first writer, or one writer.
    private void Admit()
    {
        while (_waiters.First is { } first)
        {
            var waiter = Unsafe.As<Waiter<AsyncReaderWriterHold>>(first);
            bool write = waiter.Offered.IsWrite;
            if (!CanHold(write)) break;
            _waiters.TakeFirst();
            waiter.Grant(Take(write, waiter.Scope));
        }
        AssertInvariants();
    }

    private void ThrowStale() => throw new InvalidOperationException($"{Describe()}, was released by a hold that is over. Dispose a hold once, and keep no copies of it.");

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_writeHold == 0 || _readers.Count == 0, "A writer holds the lock beside readers.");
        Debug.Assert(_waiters.Count == 0 || !CanHold(write: true), "Somebody waits for a lock that is free.");
        Debug.Assert(_writeHold != 0 || _waiters.First is not Waiter<AsyncReaderWriterHold> { Offered.IsWrite: false }, "A reader waits behind nobody.");
    }

    // A writer that gives up may have been all that kept readers out.
    private sealed class Line(AsyncReaderWriterLock owner) : WaiterQueue(owner)
    {
        public override void Withdraw(Waiter waiter)
        {
            Remove(waiter);
            owner.Admit();
        }
    }
}
