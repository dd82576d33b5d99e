using System.Runtime.CompilerServices;

namespace Simul;

// The same with a result.
internal sealed class StatefulTask<TState, T> : LoopTask<T>
{
    private TState _state;

    internal StatefulTask(LoopScope parent, Func<TState, Task<T>> body, TState state, string? name)
        : base(parent, (Delegate)body, name) => _state = state;

    private protected override Task? InvokeBody(Delegate body)
    {
        var state = _state;
        _state = default!;
        return Unsafe.As<Func<TState, Task<T>>>(body)(state);
    }
}
