using System.Diagnostics;

namespace Simul;

/// <summary>What a child started with <see cref="TaskGroup.StartAsync{T}(Func{TaskStarted{T}, Task}, string?)"/> calls when it is
/// ready.</summary>
/// <remarks>Thread safety: as the group's: on a loop it belongs to that loop, on the thread pool any thread may call.</remarks>
/// <typeparam name="T">What the starter gets.</typeparam>
[DebuggerDisplay("{IsReady ? \"ready\" : \"starting\",nq}")]
public sealed class TaskStarted<T>
{
    private readonly Func<T, bool> _ready;
    private int _said;

    internal TaskStarted(Func<T, bool> ready) => _ready = ready;

    internal bool IsReady => Volatile.Read(ref _said) != 0;

    /// <summary>Says that the child is ready; its starter goes on.</summary>
    /// <param name="value">What the starter gets: a port, an address, an object.</param>
    /// <exception cref="InvalidOperationException">It was said before.</exception>
    public void SetReady(T value)
    {
        if (Interlocked.Exchange(ref _said, 1) != 0) throw new InvalidOperationException("The task has said before that it is ready. Call SetReady once.");
        _ = _ready(value); // false where the starter has given up: nobody wants to know any more
    }
}
