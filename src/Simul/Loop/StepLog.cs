namespace Simul;

// The steps of one stretch, on their way to an observer. A step costs one write here; the clock is read for the whole stretch,
// where the loop reads it anyway, since a time for each step would cost more than the step (bench observe, switch_recorded).
// Owner: the loop's baton holder.
internal sealed class StepLog(WorkObserver observer, string loop)
{
    // More than the longest stretch, so that a full log is the exception: a callback that throws may leave a stretch open.
    private const int Size = 256;

    private readonly LoopStep[] _steps = new LoopStep[Size];
    private int _count;
    private long _from;

    public void Add(SynchronizationContext? context, long lastLook)
    {
        int index = _count;
        if (index == 0) _from = lastLook;
        if ((uint)index >= Size) return;
        _steps[index] = new LoopStep(context);
        _count = index + 1;
    }

    // The stretch is over. Nothing of it is kept: the log must not keep the last task alive that ran.
    public void Flush(long now)
    {
        int count = _count;
        if (count == 0) return;
        _count = 0;
        try
        {
            observer.Ran(loop, _steps.AsSpan(0, count), TimeSpan.FromTicks(_from), TimeSpan.FromTicks(now));
        }
        finally
        {
            Array.Clear(_steps, 0, count);
        }
    }
}
