using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>A loop task that returns a value.</summary>
/// <remarks>See <see cref="LoopTask"/>.</remarks>
/// <typeparam name="T">What it returns.</typeparam>
public class LoopTask<T> : LoopTask
{
    private T? _result;

    internal LoopTask(LoopScope parent, Func<Task<T>>? body, string? name)
        : base(parent, (Delegate?)body, name)
    {
    }

    // For bodies of another kind, which InvokeBody knows.
    private protected LoopTask(LoopScope parent, Delegate body, string? name)
        : base(parent, body, name)
    {
    }

    /// <summary>What it returned.</summary>
    /// <exception cref="InvalidOperationException">It has not succeeded (yet).</exception>
    public T Result => Status == LoopTaskStatus.Succeeded
        ? _result!
        : throw new InvalidOperationException($"{Description} has no result: it is {Status}. Await it first.");

    /// <inheritdoc cref="LoopTask.GetAwaiter"/>
    public new ValueTaskAwaiter<T> GetAwaiter() => JoinAsync().GetAwaiter();

    /// <inheritdoc cref="LoopTask.JoinAsync"/>
    public new ValueTask<T> JoinAsync()
    {
        var scope = RequireOn(this);
        if (scope.IsCancelled) return scope.Cancelled<T>();
        return Status switch
        {
            LoopTaskStatus.Succeeded => scope.TryPassCheckpoint() ? new(_result!) : scope.YieldWith(_result!),
            LoopTaskStatus.Failed or LoopTaskStatus.Cancelled => ValueTask.FromException<T>(OutcomeError()),
            _ => scope.WaitIn<T>(Joiners),
        };
    }

    internal void EndWith(T result)
    {
        _result = result;
        End(LoopTaskStatus.Succeeded, null);
    }

    private protected override Task? InvokeBody(Delegate body) => Unsafe.As<Func<Task<T>>>(body)();

    private protected override void TakeResult(Task ended) => _result = Unsafe.As<Task<T>>(ended).Result;

    private protected override void GrantJoiner(Waiter joiner)
    {
        if (joiner is Waiter<T> typed) typed.Grant(_result!);
        else joiner.Grant();
    }
}
