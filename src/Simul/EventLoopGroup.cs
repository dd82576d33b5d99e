using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Simul;

/// <summary>Several event loops, each on a thread of its own: by default one for each core.</summary>
/// <remarks>
/// <para>A coroutine lives on one loop from its first step to its end, so it needs no locks against the others there; between
/// loops code runs in parallel. What belongs to a loop (tasks, locks, futures) is used on that loop; from another one,
/// <see cref="EventLoop.InvokeAsync(Func{Task})"/> goes there and comes back.</para>
/// <para>Which loop: the one with the least in front of a newcomer; of equals the one with fewer tasks. What was given to a loop
/// that then stays busy is begun by one that has nothing to do.</para>
/// <para>Ordering: submissions that one loop begins begin in the order in which they were submitted; across loops there is none.</para>
/// <para>The end: as of each <see cref="EventLoopThread"/>. A loop that fails gets no more work; the others go on, and the error is
/// raised when the group is stopped.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var loops = new EventLoopGroup();
/// await Task.WhenAll(guests.Select(guest => loops.SubmitAsync(() => ServeAsync(guest))));
/// </code>
/// </example>
[DebuggerDisplay("{Name,nq}: {Loops.Count} loops")]
public sealed class EventLoopGroup : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new(); // never held while a loop's or a clock's is taken
    private readonly GroupMember[] _members;
    private readonly Action<Submission> _submissionEnded;
    private uint _next;           // where the search for the least loaded begins; owner: _gate
    private long _totalSubmitted; // interlocked
    private long _totalTakenOver; // owner: _gate
    private volatile bool _disposed;

    /// <summary>Starts the loops.</summary>
    /// <param name="options">How many, and how they run.</param>
    public EventLoopGroup(EventLoopGroupOptions? options = null)
    {
        options ??= EventLoopGroupOptions.Default;
        Name = options.Name;
        _members = new GroupMember[options.Count];
        _submissionEnded = submission => MemberOf(submission.Loop)!.Ended();
        // While the loops start, a virtual clock stands.
        using var starting = (options.Loop.Clock as VirtualTimeProvider)?.Join($"{Name} starting");
        try
        {
            for (int i = 0; i < _members.Length; i++)
                _members[i] = new GroupMember(new EventLoopThread(options.Loop with { Name = $"{Name} {i + 1}" }, this));
        }
        catch
        {
            foreach (var member in _members) member?.Thread.RequestStop();
            throw;
        }
        Loops = Array.AsReadOnly(Array.ConvertAll(_members, static member => member.Loop));
    }

    /// <summary>The group that the calling code's loop belongs to.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    /// <exception cref="InvalidOperationException">The caller's loop belongs to no group.</exception>
    public static EventLoopGroup Current => EventLoop.Current.Group
        ?? throw new InvalidOperationException($"{EventLoop.Current.Name} belongs to no group. Start the work with EventLoopGroup.SubmitAsync, or ask CurrentOrNull.");

    /// <summary>The group that the calling code's loop belongs to; null when there is none.</summary>
    public static EventLoopGroup? CurrentOrNull => EventLoop.CurrentOrNull?.Group;

    /// <summary>The group's name.</summary>
    public string Name { get; }

    /// <summary>The loops.</summary>
    public IReadOnlyList<EventLoop> Loops { get; }

    /// <summary>Runs a coroutine on the least loaded loop.</summary>
    /// <remarks>It sees the caller's <see cref="AsyncLocal{T}"/> values.</remarks>
    /// <param name="body">The coroutine.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Its outcome, as a task that may be awaited from anywhere.</returns>
    /// <exception cref="EventLoopClosedException">Every loop has ended.</exception>
    public Task SubmitAsync(Func<Task> body, CancellationToken cancellationToken = default) => SubmitAsync(WithResult(body), cancellationToken);

    /// <inheritdoc cref="SubmitAsync(Func{Task}, CancellationToken)"/>
    /// <typeparam name="T">What the coroutine returns.</typeparam>
    public Task<T> SubmitAsync<T>(Func<Task<T>> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        while (true)
        {
            GroupMember member;
            Submission<T> submission;
            lock (_gate)
            {
                member = LeastLoadedLocked();
                member.Given();
                submission = new Submission<T>(member.Loop, body, name: null, cancellationToken) { Ended = _submissionEnded };
                member.Queue.AddLast(submission);
            }
            if (member.Loop.Core.Inject(new Action<object?>(x => BeginNext((GroupMember)x!)), member, member.Loop.Root) || !TryTakeBack(member, submission))
            {
                Interlocked.Increment(ref _totalSubmitted);
                return submission.Outcome;
            }
            // It has ended in this moment: another one.
        }
    }

    /// <summary>Runs a coroutine on a certain loop.</summary>
    /// <param name="loop">Its place in <see cref="Loops"/>.</param>
    /// <param name="body">The coroutine.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Its outcome, as a task that may be awaited from anywhere.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such loop.</exception>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public Task SubmitAsync(int loop, Func<Task> body, CancellationToken cancellationToken = default) => SubmitAsync(loop, WithResult(body), cancellationToken);

    /// <inheritdoc cref="SubmitAsync(int, Func{Task}, CancellationToken)"/>
    /// <typeparam name="T">What the coroutine returns.</typeparam>
    public Task<T> SubmitAsync<T>(int loop, Func<Task<T>> body, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(loop);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(loop, _members.Length);
        ArgumentNullException.ThrowIfNull(body);
        var member = _members[loop];
        var submission = new Submission<T>(member.Loop, body, name: null, cancellationToken) { Ended = _submissionEnded };
        member.Given();
        if (!member.Loop.Core.Inject(new Action<object?>(x =>
        {
            member.Begun();
            ((Submission)x!).StartOnLoop();
        }), submission, member.Loop.Root))
        {
            member.TakenBack();
            throw new EventLoopClosedException(member.Loop.Name);
        }
        Interlocked.Increment(ref _totalSubmitted);
        return submission.Outcome;
    }

    /// <summary>Runs a coroutine on the least loaded loop on behalf of the calling task, which waits for its end; see
    /// <see cref="EventLoop.InvokeAsync(Func{Task})"/>.</summary>
    /// <param name="body">The coroutine.</param>
    /// <returns>Ends with the coroutine, on the caller's loop.</returns>
    /// <exception cref="OperationCanceledException">The caller's scope was cancelled.</exception>
    /// <exception cref="EventLoopClosedException">Every loop has ended.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public Task InvokeAsync(Func<Task> body) => InvokeAsync(WithResult(body));

    /// <inheritdoc cref="InvokeAsync(Func{Task})"/>
    /// <typeparam name="T">What the coroutine returns.</typeparam>
    public async Task<T> InvokeAsync<T>(Func<Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        LoopScope.Require();
        GroupMember member;
        bool begun = false;
        lock (_gate)
        {
            member = LeastLoadedLocked();
            member.Given();
        }
        Interlocked.Increment(ref _totalSubmitted);
        try
        {
            return await member.Loop.InvokeAsync(() =>
            {
                begun = true;
                member.Begun();
                return body();
            });
        }
        finally
        {
            if (begun) member.Ended();
            else member.TakenBack();
        }
    }

    /// <summary>The load of each loop, and the group's counters.</summary>
    /// <returns>An immutable snapshot.</returns>
    public EventLoopGroupStatistics GetStatistics()
    {
        lock (_gate)
            return new EventLoopGroupStatistics([.. _members.Select(static member => member.GetLoad())], Interlocked.Read(ref _totalSubmitted), _totalTakenOver);
    }

    /// <summary>Ends all loops and waits for them: what is on them is cancelled and awaited.</summary>
    /// <param name="timeout">How long to wait at most, on the loops' clock. Default: no limit.</param>
    /// <returns>Ends when all loops have; fails with the errors that ended them.</returns>
    /// <exception cref="TimeoutException">A loop has not ended in time.</exception>
    /// <exception cref="InvalidOperationException">The caller runs on one of the loops and would wait for itself.</exception>
    public async Task StopAsync(TimeSpan? timeout = null)
    {
        RefuseOnLoop();
        EventLoopThread.RequireLimit(timeout);
        var all = Task.WhenAll(_members.Select(member => member.Thread.StopAsync(timeout)));
        await all.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        if (all.Exception is not { } errors) return;
        if (errors.InnerExceptions.Count == 1) ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        throw new AggregateException($"More than one loop of {Name} has ended with an error.", errors.InnerExceptions);
    }

    /// <summary>Ends all loops and waits for them. A second time does nothing.</summary>
    /// <returns>Ends when all loops have; the first call raises the errors that ended them.</returns>
    /// <exception cref="InvalidOperationException">The caller runs on one of the loops and would wait for itself.</exception>
    public async ValueTask DisposeAsync()
    {
        RefuseOnLoop();
        if (_disposed) return;
        _disposed = true;
        await StopAsync();
    }

    /// <summary>Ends all loops and blocks until they have. A second time does nothing.</summary>
    /// <exception cref="InvalidOperationException">The caller runs on one of the loops and would wait for itself.</exception>
    public void Dispose()
    {
        RefuseOnLoop();
        if (_disposed) return;
        _disposed = true;
        // On the pool: the calling thread's context may be one that a blocked thread serves.
        Task.Run(() => StopAsync()).GetAwaiter().GetResult();
    }

    // A loop of the group has nothing to do: it begins what a busy one was given and has not come to, or is remembered as
    // idle. Both under the gate, so that nothing is given to a busy loop between its look and its sleep. One that only wakes up
    // is left alone: else the first to be awake would take everything. On that loop.
    internal bool TryTakeOver(EventLoop idle)
    {
        Submission taken;
        lock (_gate)
        {
            if (MemberOf(idle) is not { } thief) return false; // the group is still being made
            GroupMember? longest = null;
            foreach (var member in _members)
            {
                if (member is null || member == thief || member.Queue.Count == 0 || member.IsIdle) continue;
                if (longest is null || member.Queue.Count > longest.Queue.Count) longest = member;
            }
            if (longest is null)
            {
                thief.IdleTurn = idle.Core.TotalTurns;
                return false;
            }
            taken = TakeFirst(longest);
            longest.TakenBack();
            taken.Loop = idle;
            thief.Given();
            thief.Begun();
            _totalTakenOver++;
        }
        taken.StartOnLoop();
        return true;
    }

    // For each submission one such callback is posted to its loop; one that finds nothing was forestalled by an idle loop.
    private void BeginNext(GroupMember member)
    {
        Submission next;
        lock (_gate)
        {
            if (member.Queue.Count == 0) return;
            next = TakeFirst(member);
            member.Begun();
        }
        next.StartOnLoop();
    }

    private static Submission TakeFirst(GroupMember member)
    {
        var first = member.Queue.First!.Value;
        member.Queue.RemoveFirst();
        return first;
    }

    // False when somebody has begun it.
    private bool TryTakeBack(GroupMember member, Submission submission)
    {
        lock (_gate)
        {
            if (!member.Queue.Remove(submission)) return false;
        }
        member.TakenBack();
        return true;
    }

    private GroupMember LeastLoadedLocked()
    {
        uint start = _next++;
        GroupMember? least = null;
        for (uint i = 0; i < _members.Length; i++)
        {
            var member = _members[(start + i) % (uint)_members.Length];
            if (member.IsOpen && (least is null || member.IsLessLoadedThan(least))) least = member;
        }
        return least ?? throw new EventLoopClosedException(Name);
    }

    private GroupMember? MemberOf(EventLoop loop) => Array.Find(_members, member => member?.Loop == loop);

    private void RefuseOnLoop()
    {
        if (CurrentOrNull == this)
            throw new InvalidOperationException($"This code runs on a loop of {Name} and would wait for its own end. Stop the group from outside.");
    }

    private static Func<Task<bool>> WithResult(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return async () =>
        {
            await body();
            return true;
        };
    }
}
