using System.Runtime.CompilerServices;

namespace Simul;

// Ties a primitive to one loop, the first it is used on: taking is for code on that loop, giving back is legal from any
// thread and is posted from another one.
// Owner: the primitive that holds it as a field; never copied.
internal struct LoopBinding
{
    private LoopCore? _core;

    // The caller's scope, for whoever takes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LoopScope Enter(string what)
    {
        var scope = LoopScope.Require();
        if (_core != scope.Core) Bind(scope.Core, what);
        return scope;
    }

    // Whether giving back may be done here and now. Before the first use there is nothing to be in the way of.
    public readonly bool IsHere => _core is null || _core.IsCurrent;

    // After the loop's end nobody waits any more, and what is given back then is lost with the loop.
    public readonly void Post(Action<object?> giveBack, object state) => _core!.Inject(giveBack, state, _core.Host.RootContext);

    private void Bind(LoopCore core, string what)
    {
        if (_core is not null) throw LoopAffinityException.OtherThread(what, _core.Name);
        _core = core;
    }
}
