using System.Text.Json.Serialization;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>A place where a number of participants in several processes wait for each other: when the last has come, all go on,
/// and the next phase begins.</summary>
/// <remarks>
/// <para>A participant that dies while it waits has not come: its arrival is taken back, and one more has to come; no phase ends
/// with a process that had ended by then. A participant that dies elsewhere is simply missing: give a time limit, or
/// <see cref="Abort"/> from whoever learns of it.</para>
/// <para>Cancellation: giving a wait up, or a time limit that is over, takes the arrival back and breaks nothing. Once the last has
/// come, all who were there have passed, also one that is cancelled at that moment. Time limits are real time.</para>
/// <para>Semantics: as <see cref="AsyncBarrier"/>; <c>multiprocessing.Barrier</c> is broken by a time limit instead.</para>
/// </remarks>
/// <example>
/// <code>
/// using var round = ProcessBarrier.Create(workers);
/// await pool.MapAsync(parts, part => { Simulate(part); round.SignalAndWait(); return Exchange(part); }).ToArrayAsync();
/// </code>
/// </example>
[JsonConverter(typeof(SharedObjectConverter))]
public sealed class ProcessBarrier : SharedObject, ISharedObject<ProcessBarrier>
{
    private const int MostParticipants = 1_000;

    private readonly BarrierState _state;

    private unsafe ProcessBarrier(SharedBlock block)
        : base(block) => _state = new BarrierState(block.Content, (int)block.Length);

    /// <summary>How many have to come.</summary>
    public int Participants => (int)Block.Length;

    /// <summary>The number of the phase that participants arrive in now: how often all have come so far.</summary>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public long CurrentPhase
    {
        get
        {
            Pin();
            long phase = _state.Phase;
            Unpin();
            return phase;
        }
    }

    /// <summary>Whether it was aborted and not reset since.</summary>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public bool IsBroken
    {
        get
        {
            Pin();
            bool isBroken = _state.IsBroken;
            Unpin();
            return isBroken;
        }
    }

    /// <summary>Makes a barrier.</summary>
    /// <param name="participants">How many have to come; from one to a thousand.</param>
    /// <returns>The barrier; dispose it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There can be no such number of participants.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessBarrier Create(int participants) => new(SharedBlock.Create(Shape(Checked(participants))));

    /// <summary>Opens the barrier of this name, or makes one.</summary>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; one name space for all shared objects of the user.</param>
    /// <param name="participants">How many have to come; from one to a thousand, the same for all who open it.</param>
    /// <returns>The barrier; dispose it.</returns>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There can be no such number of participants.</exception>
    /// <exception cref="SharedObjectException">Under this name there is something else.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessBarrier Open(string name, int participants) => new(SharedBlock.Open(name, Shape(Checked(participants))));

    /// <summary>Arrives, and blocks the thread until the others have come.</summary>
    /// <param name="cancellationToken">Gives the wait up and takes the arrival back.</param>
    /// <returns>The place in this phase, from 0, by order of arrival: each is given once.</returns>
    /// <exception cref="BrokenBarrierException">The barrier is broken, or was reset or aborted during the wait.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; the caller has not arrived.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public int SignalAndWait(CancellationToken cancellationToken = default) => SignalAndWait(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Arrives, and blocks the thread until the others have come, for so long at most.</summary>
    /// <param name="timeout">The longest wait; <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up and takes the arrival back.</param>
    /// <returns>The place in this phase, from 0, by order of arrival: each is given once.</returns>
    /// <exception cref="BrokenBarrierException">The barrier is broken, or was reset or aborted during the wait.</exception>
    /// <exception cref="TimeoutException">The others did not come in time; the caller has not arrived.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; the caller has not arrived.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public int SignalAndWait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        SharedWait.Check(timeout);
        Pin();
        var arrival = new BarrierArrival(_state, Title);
        try
        {
            var attempt = new BarrierArrival.Attempt(arrival);
            if (!SharedWait.Wait(this, _state.Cell, ref attempt, timeout, cancellationToken)) throw TimeIsOver(timeout);
        }
        catch (Exception) when (arrival.HasPassedOrTakenBack())
        {
            // The last one came in the same moment.
        }
        finally
        {
            Unpin();
        }
        return arrival.Place;
    }

    /// <summary>Arrives, and waits without a thread until the others have come.</summary>
    /// <param name="cancellationToken">Gives the wait up and takes the arrival back.</param>
    /// <returns>The place in this phase, from 0, by order of arrival: each is given once.</returns>
    /// <exception cref="BrokenBarrierException">The barrier is broken, or was reset or aborted during the wait.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; the caller has not arrived.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public ValueTask<int> SignalAndWaitAsync(CancellationToken cancellationToken = default) => SignalAndWaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Arrives, and waits without a thread until the others have come, for so long at most.</summary>
    /// <param name="timeout">The longest wait; <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up and takes the arrival back.</param>
    /// <returns>The place in this phase, from 0, by order of arrival: each is given once.</returns>
    /// <exception cref="BrokenBarrierException">The barrier is broken, or was reset or aborted during the wait.</exception>
    /// <exception cref="TimeoutException">The others did not come in time; the caller has not arrived.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; the caller has not arrived.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public async ValueTask<int> SignalAndWaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        SharedWait.Check(timeout);
        Pin();
        var arrival = new BarrierArrival(_state, Title);
        try
        {
            var (done, _) = await SharedWait.WaitAsync(Block, this, _state.Cell, new BarrierArrival.Attempt(arrival), timeout, cancellationToken).ConfigureAwait(false);
            if (!done) throw TimeIsOver(timeout);
        }
        catch (Exception) when (arrival.HasPassedOrTakenBack())
        {
            // The last one came in the same moment.
        }
        finally
        {
            Unpin();
        }
        return arrival.Place;
    }

    /// <summary>Sends away who waits, with <see cref="BrokenBarrierException"/>, and begins anew; repairs a broken barrier.</summary>
    /// <remarks>The phase keeps its number.</remarks>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public void Reset()
    {
        Pin();
        _state.Reset();
        Unpin();
    }

    /// <summary>Breaks the barrier: who waits and whoever comes gets <see cref="BrokenBarrierException"/>, until it is reset.</summary>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public void Abort()
    {
        Pin();
        _state.Abort();
        Unpin();
    }

    static ProcessBarrier ISharedObject<ProcessBarrier>.Attach(SharedHandle handle) => new(SharedBlock.Open(handle, Shape(BlockShape.AnyLength)));

    private protected override void WakeAll() => _state.Cell.WakeAll();

    private protected override string Describe() =>
        IsDisposed ? base.Describe() : $"{base.Describe()}, {(_state.IsBroken ? "broken" : $"{_state.CountArrived()} of {Participants} there")}";

    private static BlockShape Shape(long participants) => BlockShape.Of<long>(SharedKind.Barrier, participants, BarrierState.HeadSize, BarrierState.BytesPerParticipant);

    private static int Checked(int participants)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(participants, MostParticipants);
        return participants;
    }

    private string Title => Name is null ? "The barrier" : $"The barrier '{Name}'";

    private TimeoutException TimeIsOver(TimeSpan timeout) => new($"{Describe()}: the others did not come within {timeout}.");
}
