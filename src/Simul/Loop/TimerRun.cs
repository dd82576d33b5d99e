namespace Simul;

// Timers in order of time, put aside by the timer queue and taken from the front.
internal sealed class TimerRun(TimerEntry[] entries, int count)
{
    private int _next;
    private int _count = count;

    public TimerEntry[] Entries { get; } = entries;

    public ref readonly TimerEntry Front => ref Entries[_next];

    // False when it was the last.
    public bool MoveOn()
    {
        Entries[_next++] = default; // a fired timer must not be kept alive
        if (_next >= _count) return false;
        // Its turn comes when the other runs' fronts have had theirs: time enough to fetch what it needs, and the next one itself.
        Entries[_next].Node.Expected();
        if (_next + 1 < _count) ProcessorCache.Expect(Entries[_next + 1].Node);
        return true;
    }

    // Drops the dead; returns how many are left.
    public int SweepOut()
    {
        int alive = 0;
        for (int i = _next; i < _count; i++)
        {
            if (Entries[i].IsAlive) Entries[alive++] = Entries[i];
        }
        Array.Clear(Entries, alive, _count - alive);
        (_next, _count) = (0, alive);
        return alive;
    }
}

// A run, and where its front stands in time.
internal readonly struct TimerFront(TimerRun run) : IMoment
{
    public readonly TimerRun Run = run;

    public long When { get; } = run.Front.When;

    public long Order { get; } = run.Front.Order;
}
