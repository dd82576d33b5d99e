namespace Simul;

// The loops that run in this process, for who looks at all of them: the meter, and the event source when it is switched on.
// Thread safety: any thread.
internal static class LiveLoops
{
    private static readonly Lock s_gate = new();
    private static readonly List<LoopCore> s_loops = []; // owner: s_gate

    public static void Add(LoopCore loop)
    {
        lock (s_gate) s_loops.Add(loop);
    }

    public static void Remove(LoopCore loop)
    {
        lock (s_gate) s_loops.Remove(loop);
    }

    public static LoopCore[] All()
    {
        lock (s_gate) return [.. s_loops];
    }
}
