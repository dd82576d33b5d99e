using System.Diagnostics;

namespace Simul;

/// <summary>What a running work item can know about itself and where it runs.</summary>
/// <remarks>Flows with the logical call (<see cref="AsyncLocal{T}"/>), so asynchronous methods see it too.</remarks>
[DebuggerDisplay("{Engine,nq}: {Worker,nq}")]
public sealed class WorkContext
{
    private static readonly AsyncLocal<WorkContext?> s_current = new();

    /// <summary>Makes the context an engine installs around an item.</summary>
    /// <param name="engine">The engine's name.</param>
    /// <param name="worker">The worker's name.</param>
    /// <param name="clock">The clock of the job.</param>
    /// <param name="cancellationToken">The item's token.</param>
    public WorkContext(string engine, string worker, TimeProvider clock, CancellationToken cancellationToken)
    {
        Engine = engine;
        Worker = worker;
        Clock = clock;
        CancellationToken = cancellationToken;
    }

    /// <summary>The item that runs here; null outside an executor.</summary>
    public static WorkContext? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    /// <summary>The engine's name.</summary>
    public string Engine { get; }

    /// <summary>The worker's name.</summary>
    public string Worker { get; }

    /// <summary>The clock to wait on: <c>WorkContext.Current.Clock.Sleep(...)</c> blocks this worker, in real or virtual time.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Cancelled when the item is given up or its time limit is over.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Which attempt this is, from 1 (<see cref="WorkOptions.Retry"/>).</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>What the worker's initializer returned; null when there is none, or it returned nothing.</summary>
    public object? State { get; init; }

    // The item as its engine sees it.
    internal object? Item { get; init; }

    /// <summary>What the worker's initializer returned.</summary>
    /// <typeparam name="TState">Its type.</typeparam>
    /// <returns>The state of this worker.</returns>
    /// <exception cref="InvalidOperationException">There is none, or it is of another type.</exception>
    public TState GetState<TState>() => State is TState state
        ? state
        : throw new InvalidOperationException(State is null
            ? $"Worker {Worker} has no state. Give the executor an initializer that returns one: Initializer = WorkerInitializer.Create(...)."
            : $"The state of worker {Worker} is of type {State.GetType()}, not {typeof(TState)}.");
}
