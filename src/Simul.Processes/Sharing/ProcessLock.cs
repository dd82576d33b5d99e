using System.Text.Json.Serialization;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>A lock between processes, for asynchronous and blocking code, which outlives a holder that dies.</summary>
/// <remarks>
/// <para>A holder that dies: when a wait takes longer than 20 ms it is found out that the holder's process has ended, and the
/// next one gets the lock with <see cref="ProcessLockHold.WasAbandoned"/>: what the lock guards may have been left half done.
/// Only the end of the process counts; a process that is stopped, or has forgotten the hold, still holds.</para>
/// <para>Cancellation: every wait can be given up; nobody gets the lock and nobody loses it by that.</para>
/// <para>Ordering: none. Whoever comes first after a release has the lock; to hand it over to the longest waiter would hand it
/// to one who may have died.</para>
/// <para>Time limits are real time, also in virtual time. An asynchronous wait goes on where the code awaits: on its loop, or on
/// the pool. To a loop it is a foreign wait: give it <c>scope.Token</c>.</para>
/// <para>Semantics: a robust mutex of POSIX, but it is the hold that releases, on any thread, and it is not reentrant.</para>
/// </remarks>
/// <example>
/// <code>
/// using var ledger = ProcessLock.Open("ledger");
/// using (var hold = await ledger.LockAsync(cancellationToken))
/// {
///     if (hold.WasAbandoned) Repair();
///     Append(entry);
/// }
/// </code>
/// </example>
[JsonConverter(typeof(SharedObjectConverter))]
public sealed class ProcessLock : SharedObject, ISharedObject<ProcessLock>
{
    private readonly HoldNumber _number;

    private unsafe ProcessLock(SharedBlock block)
        : base(block)
    {
        Core = new RobustLock(block.Content);
        _number = new HoldNumber(block.Content + RobustLock.Size);
    }

    internal RobustLock Core { get; }

    /// <summary>Makes a lock that is free.</summary>
    /// <returns>The lock; dispose it.</returns>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessLock Create() => new(SharedBlock.Create(Shape));

    /// <summary>Opens the lock of this name, or makes one.</summary>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; one name space for all shared objects of the user.</param>
    /// <returns>The lock; dispose it.</returns>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="SharedObjectException">Under this name there is something else.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessLock Open(string name) => new(SharedBlock.Open(name, Shape));

    /// <summary>Takes the lock, blocking the thread while somebody has it.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public ProcessLockHold Lock(CancellationToken cancellationToken = default) => Lock(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Takes the lock, blocking the thread for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="TimeoutException">Somebody had it all the time.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public ProcessLockHold Lock(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Pin(); // until Release
        if (!cancellationToken.IsCancellationRequested && Core.TryTake()) return Taken();
        bool taken = false;
        try
        {
            var attempt = new RobustLock.Attempt(Core);
            taken = SharedWait.Wait(this, Core.Cell, ref attempt, timeout, cancellationToken);
            return taken ? Taken() : throw TimeIsOver(timeout);
        }
        finally
        {
            if (!taken) Unpin();
        }
    }

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was free, or held by a process that has ended.</returns>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool TryLock(out ProcessLockHold hold)
    {
        Pin();
        if (Core.TryTake(look: true))
        {
            hold = Taken();
            return true;
        }
        Unpin();
        hold = default;
        return false;
    }

    /// <summary>Takes the lock, waiting without a thread while somebody has it.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public ValueTask<ProcessLockHold> LockAsync(CancellationToken cancellationToken = default) => LockAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Takes the lock, waiting without a thread for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="TimeoutException">Somebody had it all the time.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public ValueTask<ProcessLockHold> LockAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        SharedWait.Check(timeout);
        Pin(); // until Release
        if (!cancellationToken.IsCancellationRequested && Core.TryTake()) return new(Taken());
        return WaitAsync(timeout, cancellationToken);
    }

    internal bool IsOn(ProcessLockHold hold) =>
        hold.Owner == this && _number.Value == hold.Number && Core.Owner == ProcessIdentity.Current;

    internal void Release(ProcessLockHold hold)
    {
        if (Core.Owner != ProcessIdentity.Current || !_number.TryEnd(hold.Number)) ThrowStale();
        Core.Release();
        Unpin();
    }

    // A condition gives the lock away in the middle of a hold, which stays the same hold afterwards.
    internal void Suspend(ProcessLockHold hold)
    {
        if (!_number.TryEnd(hold.Number)) ThrowStale();
        Core.Release();
    }

    // Waits as long as it takes, also when the lock is disposed meanwhile: the hold that is to be released must be one.
    internal void Resume(ProcessLockHold hold)
    {
        var attempt = new RobustLock.Attempt(Core);
        SharedWait.Wait(null, Core.Cell, ref attempt, Timeout.InfiniteTimeSpan, CancellationToken.None);
        _number.Set(hold.Number);
    }

    internal async ValueTask ResumeAsync(ProcessLockHold hold)
    {
        await SharedWait.WaitAsync(Block, null, Core.Cell, new RobustLock.Attempt(Core), Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
        _number.Set(hold.Number);
    }

    static ProcessLock ISharedObject<ProcessLock>.Attach(SharedHandle handle) => new(SharedBlock.Open(handle, Shape));

    private protected override void WakeAll() => Core.Cell.WakeAll();

    private protected override string Describe() =>
        IsDisposed ? base.Describe() : $"{base.Describe()}, {(Core.Owner.Word == 0 ? "free" : $"held by {Core.Owner}")}";

    private static BlockShape Shape => BlockShape.Of<long>(SharedKind.Lock, 0, RobustLock.Size + HoldNumber.Size, 0);

    private async ValueTask<ProcessLockHold> WaitAsync(TimeSpan timeout, CancellationToken token)
    {
        bool taken = false;
        try
        {
            (taken, _) = await SharedWait.WaitAsync(Block, this, Core.Cell, new RobustLock.Attempt(Core), timeout, token).ConfigureAwait(false);
            return taken ? Taken() : throw TimeIsOver(timeout);
        }
        finally
        {
            if (!taken) Unpin();
        }
    }

    private ProcessLockHold Taken() => new(this, _number.Next());

    private TimeoutException TimeIsOver(TimeSpan timeout) =>
        new($"{Describe()}: it could not be had within {timeout}. Wait longer, or find out what its holder is doing.");

    private void ThrowStale() => throw new InvalidOperationException(
        $"{Describe()}: it was released by a hold that is over. Dispose a hold once, and keep no copies of it.");
}
