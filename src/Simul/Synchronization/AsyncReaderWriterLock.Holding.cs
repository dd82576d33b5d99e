using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

// Who holds it, and who is next.
public sealed partial class AsyncReaderWriterLock
{
    internal void ReleaseRead(long hold)
    {
        if (_loop.IsHere) ReleaseReadOnLoop(hold);
        else PostReleaseRead(hold);
    }

    internal void ReleaseWrite(long hold)
    {
        if (_loop.IsHere) ReleaseWriteOnLoop(hold);
        else PostReleaseWrite(hold);
    }

    // The writer reads on. Never free in between, and readers behind it come along, up to the next writer.
    internal AsyncReadLockHold Downgrade(long hold)
    {
        _loop.Enter();
        RequireOn(hold == _write);
        var scope = _writer!;
        (_write, _writer) = (0, null);
        var read = TakeRead(scope);
        Admit();
        return read;
    }

    // Closures apart, because C# makes them where the method begins.
    private void PostReleaseRead(long hold) => _loop.Post(_ => ReleaseReadOnLoop(hold), null);

    private void PostReleaseWrite(long hold) => _loop.Post(_ => ReleaseWriteOnLoop(hold), null);

    private void ReleaseReadOnLoop(long hold)
    {
        AssertInvariants();
        RequireOn(_readers.Remove(hold));
        if (_readers.Count == 0) Admit();
    }

    private void ReleaseWriteOnLoop(long hold)
    {
        AssertInvariants();
        RequireOn(hold == _write);
        (_write, _writer) = (0, null);
        Admit();
    }

    private AsyncReadLockHold TakeRead(LoopScope scope)
    {
        _readers.Add(++_lastHold, scope);
        return new AsyncReadLockHold(this, _lastHold);
    }

    private AsyncWriteLockHold TakeWrite(LoopScope scope)
    {
        _writer = scope;
        return new AsyncWriteLockHold(this, _write = ++_lastHold);
    }

    // Those at the head of the line whom nobody keeps out: readers up to the first writer, or one writer.
    private void Admit()
    {
        while (_write == 0 && _waiters.First is { } first)
        {
            if (first is Waiter<AsyncReadLockHold> reader)
            {
                _waiters.Remove(reader);
                reader.Grant(TakeRead(reader.Scope));
                continue;
            }
            if (_readers.Count > 0) break;
            _waiters.Remove(first);
            Unsafe.As<Waiter<AsyncWriteLockHold>>(first).Grant(TakeWrite(first.Scope));
        }
        AssertInvariants();
    }

    private void RequireOn(bool isOn)
    {
        if (!isOn) throw new InvalidOperationException($"{Describe()}, was released by a hold that is over. Dispose a hold once, and keep no copies of it.");
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_write == 0 || _readers.Count == 0, "A writer holds the lock beside readers.");
        Debug.Assert(_waiters.Count == 0 || !IsFree, "Somebody waits for a lock that is free.");
        Debug.Assert(_write != 0 || _waiters.First is not Waiter<AsyncReadLockHold>, "A reader waits behind nobody.");
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
