using System.Diagnostics;

namespace Simul;

/// <summary>What a generator hands to the loop with <c>yield return</c>: the thing it waits for.</summary>
/// <remarks>
/// <para>Cancellation: a wait ends when the scope in which it began is cancelled, and the generator with it; <see cref="Try"/>
/// lets the generator go on.</para>
/// <para>Thread safety: belongs to the loop; yield it where it was made, once, at once.</para>
/// </remarks>
[DebuggerDisplay("{_subject is null ? \"nothing\" : \"a wait\",nq}")]
public readonly struct Suspend
{
    private static readonly object s_plain = new();

    private readonly object? _subject; // s_plain: the wait below; a scope: its yield; a wait with a value; a generator; null in default(Suspend)
    private readonly ValueTask _wait;

    private Suspend(ValueTask wait)
    {
        _subject = s_plain;
        _wait = wait;
    }

    private Suspend(object subject, SuspendedResult? catcher = null, ValueTask wait = default)
    {
        _subject = subject;
        _wait = wait;
        Catcher = catcher;
    }

    /// <summary>Gives up the turn.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static Suspend Yield => new(LoopScope.Require(), catcher: null);

    /// <summary>Waits until a time has passed on the loop's clock.</summary>
    /// <param name="duration">How long.</param>
    /// <returns>To be yielded.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static Suspend Delay(TimeSpan duration) => new(LoopScope.Require().Delay(duration));

    /// <summary>Waits for anything the loop can wait for.</summary>
    /// <param name="wait">The wait; a failure ends the generator, after its <c>finally</c> blocks.</param>
    /// <returns>To be yielded.</returns>
    public static Suspend On(ValueTask wait) => new(wait);

    /// <inheritdoc cref="On(ValueTask)"/>
    public static Suspend On(Task wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return new(new ValueTask(wait));
    }

    /// <inheritdoc cref="On(ValueTask)"/>
    public static Suspend On(LoopTask wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return new(wait.JoinAsync());
    }

    /// <summary>Runs another generator in this one's place until it has ended, as Python's <c>yield from</c> does. Costs no task.</summary>
    /// <param name="generator">The other one; it begins when this is yielded. It hands a result back by a
    /// <see cref="GeneratorResult{T}"/> that it is given.</param>
    /// <returns>To be yielded.</returns>
    public static Suspend On(IEnumerable<Suspend> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new(generator, catcher: null);
    }

    /// <summary>Waits for something that brings a result.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="wait">The wait.</param>
    /// <param name="result">Holds the result once the generator goes on.</param>
    /// <returns>To be yielded.</returns>
    public static Suspend On<T>(ValueTask<T> wait, out Suspended<T> result)
    {
        result = new Suspended<T>(wait);
        return new(result, catcher: null);
    }

    /// <inheritdoc cref="On{T}(ValueTask{T}, out Suspended{T})"/>
    public static Suspend On<T>(Task<T> wait, out Suspended<T> result)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return On(new ValueTask<T>(wait), out result);
    }

    /// <inheritdoc cref="On{T}(ValueTask{T}, out Suspended{T})"/>
    public static Suspend On<T>(LoopTask<T> wait, out Suspended<T> result)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return On(wait.JoinAsync(), out result);
    }

    /// <inheritdoc cref="On{T}(ValueTask{T}, out Suspended{T})"/>
    public static Suspend On<T>(Future<T> wait, out Suspended<T> result)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return On(wait.WaitAsync(), out result);
    }

    /// <summary>The same wait, but its failure does not end the generator: it is in the outcome. What <c>try</c> and <c>catch</c>
    /// around an <c>await</c> are, since C# allows no <c>yield return</c> there.</summary>
    /// <remarks>Cancellation: caught as well. The next wait raises it again, so clean up, in a shielded scope, and end.</remarks>
    /// <param name="wait">The wait, also a generator's.</param>
    /// <param name="outcome">Says what became of it once the generator goes on.</param>
    /// <returns>To be yielded.</returns>
    public static Suspend Try(Suspend wait, out SuspendedResult outcome)
    {
        if (wait._subject is null) throw Empty();
        outcome = wait.Catcher ?? new SuspendedWait(); // tried already: the same outcome
        return new(wait._subject, outcome, wait._wait);
    }

    // Who is told of a failure in the generator's place.
    internal SuspendedResult? Catcher { get; }

    // Asked last: to find an interface takes as long as the rest of a step.
    internal IEnumerable<Suspend>? Generator => _subject == s_plain || _subject is LoopScope ? null : _subject as IEnumerable<Suspend>;

    internal bool IsReady
    {
        get
        {
            if (_subject == s_plain) return _wait.IsCompleted;
            if (_subject is LoopScope scope) return scope.IsCancelled;
            return _subject is ISuspendedWait wait ? wait.IsReady : throw Empty();
        }
    }

    internal void Register(Action resume)
    {
        if (_subject == s_plain) _wait.GetAwaiter().UnsafeOnCompleted(resume);
        else if (_subject is LoopScope scope) GiveUpTurn(scope, resume);
        else ((ISuspendedWait)_subject!).Register(resume);
    }

    // Takes the result; raises what the wait failed with.
    internal void Take()
    {
        if (_subject == s_plain) _wait.GetAwaiter().GetResult();
        else if (_subject is not LoopScope scope) ((ISuspendedWait)_subject!).Take();
        else if (scope.IsCancelled) throw scope.CancellationError();
    }

    // Straight into the queue: a step leaves both contexts as it found them.
    private static void GiveUpTurn(LoopScope scope, Action resume)
    {
        if (!scope.Core.IsCurrent) throw LoopAffinityException.OtherThread("This Suspend.Yield", scope.Core.Name);
        scope.Core.Ready.PushEntry(resume, scope.Live);
    }

    private static InvalidOperationException Empty() => new("The generator yielded default(Suspend), which waits for nothing. Yield Suspend.Yield to give up the turn, or Suspend.On(...).");
}
