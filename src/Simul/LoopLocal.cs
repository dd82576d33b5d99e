using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>A value of each loop's own: what a thread-local is to a thread.</summary>
/// <remarks>
/// <para>For what a library keeps once for each loop: a cache, a connection, a limit. What belongs to a logical call, and flows
/// into the tasks it spawns, is an <see cref="AsyncLocal{T}"/>. A value that has to be disposed with the loop is handed to
/// <see cref="EventLoop.Own{T}"/>.</para>
/// <para>Thread safety: the variable may be shared by all threads; each loop sees its own value.</para>
/// <para>Semantics: trio's <c>RunVar</c>.</para>
/// </remarks>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="make">Makes a loop's value when it is first asked for. Default: <c>default(T)</c>.</param>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class LoopLocal<T>(Func<T>? make = null)
{
    /// <summary>The running loop's value.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public T Value
    {
        get
        {
            var locals = EventLoop.Current.Locals;
            if (locals.TryGetValue(this, out object? box)) return Unsafe.As<StrongBox<T>>(box).Value!;
            if (make is null) return default!;
            var made = make(); // may ask for other variables, and throw
            locals[this] = new StrongBox<T>(made);
            return made;
        }
        set
        {
            var locals = EventLoop.Current.Locals;
            if (locals.TryGetValue(this, out object? box)) Unsafe.As<StrongBox<T>>(box).Value = value;
            else locals[this] = new StrongBox<T>(value);
        }
    }

    /// <summary>Whether the running loop has a value: one was set, or made.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public bool HasValue => EventLoop.Current.Locals.ContainsKey(this);

    private string DebuggerText => EventLoop.CurrentOrNull is not { } loop ? "no loop runs here" : loop.Locals.TryGetValue(this, out object? box) ? $"{((StrongBox<T>)box).Value}" : "no value";

    /// <summary>Forgets the running loop's value: it will be made anew.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public void Reset() => EventLoop.Current.Locals.Remove(this);
}
