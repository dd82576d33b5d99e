using System.Text.Json.Serialization;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>Lets the holder of a <see cref="ProcessLock"/> wait until another holder, in whatever process, says that something has
/// changed.</summary>
/// <remarks>
/// <para>A wait gives the lock away and has it again when it ends, whichever way it ends; the hold is the same hold afterwards.
/// <see cref="ProcessLockHold.WasAbandoned"/> then tells about the holder before.</para>
/// <para>There is no way to wake just one: he may have died, or die before he acts, and nobody would know that the notification
/// is lost. So all look, and all but one may find nothing: wait in a loop, or with a predicate.</para>
/// <para>Cancellation: who gives a wait up, or whose time is over, gets the lock again first and raises then; for the lock he
/// waits as long as it takes. Time limits are real time.</para>
/// <para>Semantics: <c>multiprocessing.Condition</c> with <c>notify_all</c>.</para>
/// </remarks>
/// <example>
/// <code>
/// using var gate = ProcessLock.Open("stock-gate");
/// using var changed = ProcessCondition.Open("stock-changed");
/// using (var hold = await gate.LockAsync())
/// {
///     await changed.WaitAsync(hold, () => stock.Span[0] > 0);
///     stock.Span[0]--;
/// }
/// </code>
/// </example>
[JsonConverter(typeof(SharedObjectConverter))]
public sealed class ProcessCondition : SharedObject, ISharedObject<ProcessCondition>
{
    private const int CountOffset = 8;

    private readonly WaitCell _cell;
    private readonly Word _notifications; // changed under the lock only

    private unsafe ProcessCondition(SharedBlock block)
        : base(block)
    {
        _cell = new WaitCell((int*)block.Content);
        _notifications = new Word((int*)(block.Content + CountOffset));
    }

    /// <summary>Makes a condition. It is used with one lock, the same in all processes, whose hold each call is given.</summary>
    /// <returns>The condition; dispose it.</returns>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessCondition Create() => new(SharedBlock.Create(Shape));

    /// <summary>Opens the condition of this name, or makes one.</summary>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; one name space for all shared objects of the user.</param>
    /// <returns>The condition; dispose it.</returns>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="SharedObjectException">Under this name there is something else.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessCondition Open(string name) => new(SharedBlock.Open(name, Shape));

    /// <summary>Wakes everybody who waits; each goes on once he has the lock again. Whoever comes later is not meant.</summary>
    /// <param name="hold">The caller's hold of the lock.</param>
    /// <exception cref="SynchronizationLockException">The hold is none, or is over.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed.</exception>
    public void NotifyAll(ProcessLockHold hold)
    {
        RequireOn(hold);
        Pin();
        _notifications.Increment();
        _cell.Notify(int.MaxValue);
        Unpin();
    }

    /// <summary>Blocks the thread, without the lock, until notified.</summary>
    /// <param name="hold">The caller's hold of the lock; on again when this ends, also when it raises.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="SynchronizationLockException">The hold is none, or is over.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed.</exception>
    public void Wait(ProcessLockHold hold, CancellationToken cancellationToken = default) => Wait(hold, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Blocks the thread, without the lock, until notified, for so long at most.</summary>
    /// <param name="hold">The caller's hold of the lock; on again when this ends, also when it raises.</param>
    /// <param name="timeout">The longest wait for a notification; <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="TimeoutException">Nobody notified in time.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="SynchronizationLockException">The hold is none, or is over.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed.</exception>
    public void Wait(ProcessLockHold hold, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        SharedWait.Check(timeout);
        RequireOn(hold);
        Pin();
        try
        {
            var attempt = new Notified(_notifications);
            hold.Owner!.Suspend(hold);
            try
            {
                if (!SharedWait.Wait(this, _cell, ref attempt, timeout, cancellationToken)) throw TimeIsOver(timeout);
            }
            finally
            {
                hold.Owner.Resume(hold);
            }
        }
        finally
        {
            Unpin();
        }
    }

    /// <summary>Blocks the thread until a predicate holds, asking it now and after each notification, with the lock held.</summary>
    /// <param name="hold">The caller's hold of the lock; on again when this ends, also when it raises.</param>
    /// <param name="predicate">What to wait for.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="SynchronizationLockException">The hold is none, or is over.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed.</exception>
    public void Wait(ProcessLockHold hold, Func<bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        RequireOn(hold);
        while (!predicate()) Wait(hold, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>Waits without a thread, and without the lock, until notified.</summary>
    /// <param name="hold">The caller's hold of the lock; on again when this ends, also when it raises.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends with the lock held again.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="SynchronizationLockException">The hold is none, or is over.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed.</exception>
    public ValueTask WaitAsync(ProcessLockHold hold, CancellationToken cancellationToken = default) => WaitAsync(hold, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits without a thread, and without the lock, until notified, for so long at most.</summary>
    /// <param name="hold">The caller's hold of the lock; on again when this ends, also when it raises.</param>
    /// <param name="timeout">The longest wait for a notification; <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends with the lock held again.</returns>
    /// <exception cref="TimeoutException">Nobody notified in time.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="SynchronizationLockException">The hold is none, or is over.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed.</exception>
    public async ValueTask WaitAsync(ProcessLockHold hold, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        SharedWait.Check(timeout);
        RequireOn(hold);
        Pin();
        try
        {
            var attempt = new Notified(_notifications);
            hold.Owner!.Suspend(hold);
            try
            {
                var (done, _) = await SharedWait.WaitAsync(Block, this, _cell, attempt, timeout, cancellationToken).ConfigureAwait(false);
                if (!done) throw TimeIsOver(timeout);
            }
            finally
            {
                await hold.Owner.ResumeAsync(hold).ConfigureAwait(false);
            }
        }
        finally
        {
            Unpin();
        }
    }

    /// <summary>Waits without a thread until a predicate holds, asking it now and after each notification, with the lock held.</summary>
    /// <param name="hold">The caller's hold of the lock; on again when this ends, also when it raises.</param>
    /// <param name="predicate">What to wait for; it is called where the caller runs.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends with the predicate true and the lock held.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="SynchronizationLockException">The hold is none, or is over.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed.</exception>
    public async ValueTask WaitAsync(ProcessLockHold hold, Func<bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        RequireOn(hold);
        while (!predicate()) await WaitAsync(hold, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    static ProcessCondition ISharedObject<ProcessCondition>.Attach(SharedHandle handle) => new(SharedBlock.Open(handle, Shape));

    private protected override void WakeAll() => _cell.WakeAll();

    private static BlockShape Shape => BlockShape.Of<int>(SharedKind.Condition, 0, 64, 0);

    private void RequireOn(ProcessLockHold hold)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (hold.Owner is null || !hold.Owner.IsOn(hold))
            throw new SynchronizationLockException($"{Describe()} was used without its lock. Take the lock first, and give its hold: using (var hold = await gate.LockAsync()).");
    }

    private TimeoutException TimeIsOver(TimeSpan timeout) => new($"{Describe()}: nobody notified within {timeout}.");

    // Made under the lock, so that no notification comes before it is known what to wait past.
    private readonly struct Notified(Word notifications) : IAttempt
    {
        private readonly int _seen = notifications.Value;

        public bool Try(bool look) => notifications.Value != _seen;
    }
}
