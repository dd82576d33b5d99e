using System.Text.Json.Serialization;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>A number of permits between processes. A permit whose holder dies comes back.</summary>
/// <remarks>
/// <para>A holder that dies: when a wait takes longer than 20 ms it is found out which holders' processes have ended, and one of
/// their permits is given, with <see cref="ProcessSemaphoreHold.WasAbandoned"/>.</para>
/// <para>Permits are held and given back by those who took them; nobody can add one. To wake another process use a
/// <see cref="ProcessEvent"/>, to hand something over a <see cref="ProcessQueue{T}"/>.</para>
/// <para>Cancellation: every wait can be given up; no permit is lost by that. Ordering: none, as with <see cref="ProcessLock"/>.
/// Time limits are real time.</para>
/// <para>Semantics: <c>multiprocessing.BoundedSemaphore</c>, but robust. Taking one looks through the permits, so it costs more
/// the more there are.</para>
/// </remarks>
/// <example>
/// <code>
/// using var licences = ProcessSemaphore.Open("licences", permits: 3);
/// using (await licences.WaitAsync(cancellationToken))
///     Render(frame);
/// </code>
/// </example>
[JsonConverter(typeof(SharedObjectConverter))]
public sealed class ProcessSemaphore : SharedObject, ISharedObject<ProcessSemaphore>
{
    private const int MostPermits = 10_000;
    private const int HeadSize = 64;

    private readonly WaitCell _cell;

    private unsafe ProcessSemaphore(SharedBlock block)
        : base(block) => _cell = new WaitCell((int*)block.Content);

    /// <summary>How many permits there are in all.</summary>
    public int Permits => (int)Block.Length;

    /// <summary>How many permits nobody holds at this moment.</summary>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public int CurrentPermits
    {
        get
        {
            Pin();
            int free = 0;
            for (int i = 0; i < Permits; i++) free += PermitAt(i).Owner.Word == 0 ? 1 : 0;
            Unpin();
            return free;
        }
    }

    /// <summary>Makes a semaphore, all of whose permits are free.</summary>
    /// <param name="permits">How many; from one to ten thousand.</param>
    /// <returns>The semaphore; dispose it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There can be no such number of permits.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessSemaphore Create(int permits) => new(SharedBlock.Create(Shape(Checked(permits))));

    /// <summary>Opens the semaphore of this name, or makes one.</summary>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; one name space for all shared objects of the user.</param>
    /// <param name="permits">How many; from one to ten thousand, the same for all who open it.</param>
    /// <returns>The semaphore; dispose it.</returns>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There can be no such number of permits.</exception>
    /// <exception cref="SharedObjectException">Under this name there is something else.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessSemaphore Open(string name, int permits) => new(SharedBlock.Open(name, Shape(Checked(permits))));

    /// <summary>Takes a permit, blocking the thread while there is none.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The hold; dispose it to give the permit back.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public ProcessSemaphoreHold Wait(CancellationToken cancellationToken = default) => Wait(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Takes a permit, blocking the thread for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The hold; dispose it to give the permit back.</returns>
    /// <exception cref="TimeoutException">All permits were held all the time.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public ProcessSemaphoreHold Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Pin(); // until Release
        bool taken = false;
        try
        {
            var attempt = new AnyPermit(this);
            taken = SharedWait.Wait(this, _cell, ref attempt, timeout, cancellationToken);
            return taken ? Taken(attempt.Index) : throw TimeIsOver(timeout);
        }
        finally
        {
            if (!taken) Unpin();
        }
    }

    /// <summary>Takes a permit if there is one.</summary>
    /// <param name="hold">The hold; dispose it to give the permit back.</param>
    /// <returns>True when there was one, or one was held by a process that has ended.</returns>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public bool TryWait(out ProcessSemaphoreHold hold)
    {
        Pin();
        var attempt = new AnyPermit(this);
        if (attempt.Try(look: false) || attempt.Try(look: true))
        {
            hold = Taken(attempt.Index);
            return true;
        }
        Unpin();
        hold = default;
        return false;
    }

    /// <summary>Takes a permit, waiting without a thread while there is none.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The hold; dispose it to give the permit back.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public ValueTask<ProcessSemaphoreHold> WaitAsync(CancellationToken cancellationToken = default) => WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Takes a permit, waiting without a thread for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The hold; dispose it to give the permit back.</returns>
    /// <exception cref="TimeoutException">All permits were held all the time.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public async ValueTask<ProcessSemaphoreHold> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Pin(); // until Release
        bool taken = false;
        try
        {
            (taken, var attempt) = await SharedWait.WaitAsync(Block, this, _cell, new AnyPermit(this), timeout, cancellationToken).ConfigureAwait(false);
            return taken ? Taken(attempt.Index) : throw TimeIsOver(timeout);
        }
        finally
        {
            if (!taken) Unpin();
        }
    }

    internal bool IsOn(ProcessSemaphoreHold hold) =>
        NumberAt(hold.Index).Value == hold.Number && PermitAt(hold.Index).Owner == ProcessIdentity.Current;

    internal bool WasAbandoned(int index) => PermitAt(index).WasAbandoned;

    internal void Release(ProcessSemaphoreHold hold)
    {
        if (PermitAt(hold.Index).Owner != ProcessIdentity.Current || !NumberAt(hold.Index).TryEnd(hold.Number))
            throw new InvalidOperationException($"{Describe()}: a permit was given back by a hold that is over. Dispose a hold once, and keep no copies of it.");
        PermitAt(hold.Index).Release();
        _cell.Notify(1);
        Unpin();
    }

    static ProcessSemaphore ISharedObject<ProcessSemaphore>.Attach(SharedHandle handle) => new(SharedBlock.Open(handle, Shape(BlockShape.AnyLength)));

    private protected override void WakeAll() => _cell.WakeAll();

    private protected override string Describe() => IsDisposed ? base.Describe() : $"{base.Describe()}, {CurrentPermits} of {Permits} free";

    // Each permit is a lock, so that each holder is known; all share one cell to wait at.
    private static BlockShape Shape(long permits) => BlockShape.Of<long>(SharedKind.Semaphore, permits, HeadSize, RobustLock.Size + HoldNumber.Size);

    private static int Checked(int permits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permits, MostPermits);
        return permits;
    }

    private unsafe RobustLock PermitAt(int index) => new(Block.Content + HeadSize + (long)index * (RobustLock.Size + HoldNumber.Size));

    private unsafe HoldNumber NumberAt(int index) => new(Block.Content + HeadSize + (long)index * (RobustLock.Size + HoldNumber.Size) + RobustLock.Size);

    private ProcessSemaphoreHold Taken(int index) => new(this, index, NumberAt(index).Next());

    private TimeoutException TimeIsOver(TimeSpan timeout) => new($"{Describe()}: none could be had within {timeout}. Wait longer, or make it with more permits.");

    private struct AnyPermit(ProcessSemaphore semaphore) : IAttempt
    {
        public int Index { get; private set; } = -1;

        public bool Try(bool look)
        {
            for (int i = 0; i < semaphore.Permits; i++)
            {
                if (!semaphore.PermitAt(i).TryTake(look)) continue;
                Index = i;
                return true;
            }
            return false;
        }
    }
}
