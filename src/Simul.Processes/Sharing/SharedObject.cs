using System.Diagnostics;
using System.Text.Json.Serialization;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>What processes share: memory, or something to wait for each other with.</summary>
/// <remarks>
/// <para>An object without a name is sent to others as an argument, a captured value, a result, or an item of a
/// <see cref="ProcessQueue{T}"/>, also inside of records and lists. Each process has an object of its own, and all stand for the
/// same thing.</para>
/// <para>An object with a name is found under that name by all processes of the same user on the machine.</para>
/// <para>Lifetime: every process holds its part until it disposes its object, or ends. Others are not touched by that. Nothing
/// is left behind, except that the file of a named object outlives a crash of its last user until the next named object is
/// opened.</para>
/// <para>Thread safety: all members of shared objects may be used from any thread, unless they say otherwise.</para>
/// <para>Platforms: 64-bit Linux. Elsewhere making one throws <see cref="PlatformNotSupportedException"/>.</para>
/// </remarks>
[DebuggerDisplay("{Describe(),nq}")]
[JsonConverter(typeof(SharedObjectConverter))]
public abstract class SharedObject : IDisposable
{
    private int _disposed; // Interlocked

    private protected SharedObject(SharedBlock block) => Block = block;

    /// <summary>The name under which it was opened; null if it has none.</summary>
    public string? Name => Block.Name;

    internal SharedBlock Block { get; }

    // Read while something waits on this object.
    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    // Tells the ends of a pipe apart.
    internal virtual int Part => 0;

    // Its handle was written for another process.
    internal virtual void OnSent()
    {
    }

    // It has arrived, or never will.
    internal virtual void OnSentEnd()
    {
    }

    /// <summary>Gives this process's part back. Who waits here gets <see cref="ObjectDisposedException"/>; other processes, and
    /// other objects for the same thing, go on.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Block.Enter();
        WakeAll();
        Block.Leave();
        Block.RemoveUser();
        GC.SuppressFinalize(this);
    }

    // So that those who wait on a disposed object look up.
    private protected abstract void WakeAll();

    private protected virtual string Describe() => $"{GetType().Name}{(Name is null ? "" : $" '{Name}'")}{(IsDisposed ? ", disposed" : "")}";

    // The memory stays where it is until Unpin, also when the object is disposed meanwhile.
    internal void Pin()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Block.Enter();
    }

    internal void Unpin() => Block.Leave();
}
