using System.Runtime.CompilerServices;

namespace Simul;

// A task whose body gets its argument from here, so that spawning needs neither a closure nor a delegate.
internal sealed class StatefulTask<TState> : LoopTask
{
    private TState _state;

    internal StatefulTask(LoopScope parent, Func<TState, Task> body, TState state, string? name)
        : base(parent, body, name) => _state = state;

    private protected override Task? InvokeBody(Delegate body)
    {
        var state = _state;
        _state = default!;
        return Unsafe.As<Func<TState, Task>>(body)(state);
    }
}
