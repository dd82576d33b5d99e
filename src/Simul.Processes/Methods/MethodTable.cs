using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Simul.Processes.Methods;

// A pool's method references, each made and checked once. A map submits the same delegate object for every item, so the one
// used last is found by comparing references.
//
// Thread safety: all members may be used from any thread.
internal sealed class MethodTable(WorkSerializer serializer)
{
    private readonly ConcurrentDictionary<(MethodInfo Method, Type? Argument, Type Result), MethodReference> _references = new();
    private volatile StrongBox<(Delegate Method, MethodReference Reference)>? _last;

    public MethodReference Get(Delegate method, WorkShape shape, Type? argument, Type result)
    {
        if (_last is { } last && ReferenceEquals(last.Value.Method, method) && !HotReload.Changed(last.Value.Reference.Method.Module.Assembly))
            return last.Value.Reference;
        // Checked anew each time: the same method may come in a delegate that cannot be shipped.
        var created = MethodReference.Create(method, shape, argument, result);
        if (!_references.TryGetValue((created.Method, argument, result), out var reference))
        {
            created.ThrowIfResultCannotTravel(serializer);
            reference = _references.GetOrAdd((created.Method, argument, result), created);
        }
        // A delegate of a lambda holds what it captured; keeping it alive would keep that alive.
        if (reference.Captures) return reference;
        _last = new((method, reference));
        return reference;
    }
}
