using System.Text.Json.Serialization;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>An event between processes: set, it lets everybody pass until it is reset.</summary>
/// <remarks>
/// <para>Nobody holds it, so nobody's death breaks it; a setter that dies in the middle has set it or has not.</para>
/// <para>Cancellation: every wait can be given up. Time limits are real time. A wait sees a <see cref="Set"/> that is still on
/// when it looks: who sets and resets at once may wake nobody.</para>
/// <para>Semantics: <c>multiprocessing.Event</c>.</para>
/// </remarks>
/// <example>
/// <code>
/// using var go = ProcessEvent.Create();
/// var results = Task.WhenAll(inputs.Select(x => pool.SubmitAsync(item => Work(item.go, item.x), (go, x))));
/// go.Set();
/// </code>
/// </example>
[JsonConverter(typeof(SharedObjectConverter))]
public sealed class ProcessEvent : SharedObject, ISharedObject<ProcessEvent>
{
    private const int StateOffset = 8;

    private readonly Word _set;
    private readonly WaitCell _cell;

    private unsafe ProcessEvent(SharedBlock block)
        : base(block)
    {
        _cell = new WaitCell((int*)block.Content);
        _set = new Word((int*)(block.Content + StateOffset));
    }

    /// <summary>Whether it is set.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public bool IsSet
    {
        get
        {
            Pin();
            bool isSet = _set.Value != 0;
            Unpin();
            return isSet;
        }
    }

    /// <summary>Makes an event.</summary>
    /// <param name="isSet">Whether it is set from the beginning.</param>
    /// <returns>The event; dispose it.</returns>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessEvent Create(bool isSet = false) => new(SharedBlock.Create(Shape, block => Initialise(block, isSet)));

    /// <summary>Opens the event of this name, or makes one.</summary>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; one name space for all shared objects of the user.</param>
    /// <param name="isSet">Whether it is set from the beginning, if it is made.</param>
    /// <returns>The event; dispose it.</returns>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="SharedObjectException">Under this name there is something else.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessEvent Open(string name, bool isSet = false) => new(SharedBlock.Open(name, Shape, block => Initialise(block, isSet)));

    /// <summary>Sets it; everybody who waits goes on.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public void Set()
    {
        Pin();
        if (_set.Exchange(1) == 0) _cell.Notify(int.MaxValue);
        Unpin();
    }

    /// <summary>Resets it; whoever comes waits.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public void Reset()
    {
        Pin();
        _set.Exchange(0);
        Unpin();
    }

    /// <summary>Blocks the thread until the event is set.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public void Wait(CancellationToken cancellationToken = default) => Wait(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Blocks the thread until the event is set, for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero looks once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="TimeoutException">It was not set in time.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public void Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Pin();
        try
        {
            var attempt = new IsSetAttempt(_set);
            if (!SharedWait.Wait(this, _cell, ref attempt, timeout, cancellationToken)) throw TimeIsOver(timeout);
        }
        finally
        {
            Unpin();
        }
    }

    /// <summary>Waits without a thread until the event is set.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends when it is set.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default) => WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits without a thread until the event is set, for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero looks once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends when it is set.</returns>
    /// <exception cref="TimeoutException">It was not set in time.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public async ValueTask WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Pin();
        try
        {
            var (done, _) = await SharedWait.WaitAsync(Block, this, _cell, new IsSetAttempt(_set), timeout, cancellationToken).ConfigureAwait(false);
            if (!done) throw TimeIsOver(timeout);
        }
        finally
        {
            Unpin();
        }
    }

    static ProcessEvent ISharedObject<ProcessEvent>.Attach(SharedHandle handle) => new(SharedBlock.Open(handle, Shape));

    private protected override void WakeAll() => _cell.WakeAll();

    private protected override string Describe() => IsDisposed ? base.Describe() : $"{base.Describe()}, {(_set.Value != 0 ? "set" : "not set")}";

    private static BlockShape Shape => BlockShape.Of<int>(SharedKind.Event, 0, 64, 0);

    private static unsafe void Initialise(SharedBlock block, bool isSet) => *(int*)(block.Content + StateOffset) = isSet ? 1 : 0;

    private TimeoutException TimeIsOver(TimeSpan timeout) => new($"{Describe()}: nobody set it within {timeout}.");

    private readonly struct IsSetAttempt(Word set) : IAttempt
    {
        public bool Try(bool look) => set.Value != 0;
    }
}
