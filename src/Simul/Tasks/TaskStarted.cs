using System.Diagnostics;

namespace Simul;

/// <summary>What a child started with <see cref="TaskGroup.StartAsync{T}"/> calls when it is ready.</summary>
/// <remarks>Thread safety: belongs to the loop.</remarks>
/// <typeparam name="T">What the starter gets.</typeparam>
[DebuggerDisplay("{IsReady ? \"ready\" : \"starting\",nq}")]
public sealed class TaskStarted<T>
{
    private readonly Future<T> _ready;

    internal TaskStarted(Future<T> ready) => _ready = ready;

    internal bool IsReady { get; private set; }

    /// <summary>Says that the child is ready; its starter goes on.</summary>
    /// <param name="value">What the starter gets: a port, an address, an object.</param>
    /// <exception cref="InvalidOperationException">It was said before.</exception>
    public void SetReady(T value)
    {
        if (IsReady) throw new InvalidOperationException("The task has said before that it is ready. Call SetReady once.");
        IsReady = true;
        _ready.TrySetResult(value); // false where the starter has given up: nobody wants to know any more
    }
}
