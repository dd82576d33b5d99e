using System.Runtime.CompilerServices;

namespace Simul;

// The stacks of one loop's greenlets, kept for the next one. Freed with the loop.
// Owner: the loop's baton holder.
internal sealed class GreenletPool : IDisposable
{
    private const int MaxIdle = 256;

    private static readonly ConditionalWeakTable<LoopCore, GreenletPool> s_pools = [];

    private readonly LoopCore _core;
    private readonly Stack<GreenletThread> _idle = new();
    private int _started;
    private bool _disposed;

    private GreenletPool(LoopCore core) => _core = core;

    public static GreenletPool Of(LoopCore core) => s_pools.GetValue(core, static c =>
    {
        var pool = new GreenletPool(c);
        c.Own(pool);
        return pool;
    });

    public void Start(Action body, Task outcome)
    {
        var thread = _idle.TryPop(out var idle) ? idle : new GreenletThread(this, _core, ++_started);
        thread.Start(body, outcome);
    }

    // The body has ended; the thread still holds the baton.
    public bool TryKeep(GreenletThread thread)
    {
        if (_disposed || _idle.Count >= MaxIdle) return false;
        _idle.Push(thread);
        return true;
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryPop(out var thread)) thread.End();
    }
}
