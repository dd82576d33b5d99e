using System.Runtime.CompilerServices;

namespace Simul;

// What every primitive needs beside its own rules: it belongs to the loop that it is first used on, where alone it can be
// taken from; it may be given back from anywhere; and it is called by a kind and a name.
//
// Until somebody takes, it belongs to no loop, and giving back (an event that is set beforehand) happens on the caller's
// thread. The moment at which that changes must not fall into the middle of it, or what was given would be missed by the
// first who waits: hence the lock. On the loop nobody ever takes it a second time.
internal struct LoopBinding(string kind, string? name, string betweenThreads)
{
    private static readonly Lock s_unbound = new();

    private LoopCore? _core; // set once, under the lock

    public readonly string? Name => name;

    // Null until somebody has taken.
    public readonly LoopCore? Core => _core;

    // True where giving back may happen here and now.
    public readonly bool IsHere
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _core is { IsCurrent: true };
    }

    // The scope of whoever takes; throws off the loop.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LoopScope Enter() => _core is { IsCurrent: true } core ? LoopScope.RequireOn(core) : Bind();

    // The same for taking without a wait, where no scope is asked for.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void RequireLoop()
    {
        if (!IsHere) Bind();
    }

    // Gives back from elsewhere. False when the loop has ended: it has nobody left to be given anything.
    public readonly bool Post(Action<object?> giveBack, object? state)
    {
        if (_core is null)
        {
            lock (s_unbound)
            {
                if (_core is null)
                {
                    giveBack(state);
                    return true;
                }
            }
        }
        return _core.Inject(giveBack, state, _core.Host.RootContext);
    }

    // In the middle of a sentence.
    public override readonly string ToString() => name is null ? $"the {kind}" : $"the {kind} '{name}'";

    // At its beginning.
    public readonly string Title => name is null ? $"This {kind}" : $"The {kind} '{name}'";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private LoopScope Bind()
    {
        var core = LoopCore.Current;
        if (_core is not null) throw LoopAffinityException.OtherThread(Title, _core.Name, betweenThreads);
        if (core is null) throw LoopAffinityException.NotOnLoop(Title, betweenThreads);
        lock (s_unbound)
        {
            if (_core is not null) throw LoopAffinityException.OtherThread(Title, _core.Name, betweenThreads);
            _core = core;
        }
        return LoopScope.Require();
    }
}
