namespace Simul;

/// <summary>Hears the few events every engine reports: an item or task began on a worker, and ended.</summary>
/// <remarks>Thread safety: the methods are called from the threads where the events happen, possibly several at once; they
/// must be quick and must not throw. Where no observer is set, nothing is spent.</remarks>
public abstract class WorkObserver
{
    /// <summary>A worker began an item.</summary>
    /// <param name="work">What began, where and when.</param>
    public virtual void Started(in WorkEvent work)
    {
    }

    /// <summary>A worker ended an item.</summary>
    /// <param name="work">The same item, with the time of its end.</param>
    /// <param name="outcome">How it ended.</param>
    public virtual void Ended(in WorkEvent work, WorkEnd outcome)
    {
    }

    /// <summary>A program marks a stretch of its own, for instance a move at a board.</summary>
    /// <param name="lane">The row it belongs to.</param>
    /// <param name="name">What it is.</param>
    /// <param name="start">Its start, on the program's clock.</param>
    /// <param name="end">Its end, on the program's clock.</param>
    public virtual void Span(string lane, string name, TimeSpan start, TimeSpan end)
    {
    }

    /// <summary>A loop ran a stretch of callbacks, one after the other; see <see cref="EventLoopOptions.Observer"/>.</summary>
    /// <remarks>Called on the loop, about every 64 callbacks and before each wait. The clock is read once a stretch: when a step
    /// inside began is for the observer to estimate.</remarks>
    /// <param name="loop">The loop's name.</param>
    /// <param name="steps">Whose callbacks ran, in order. Valid during the call.</param>
    /// <param name="start">When the first began, on the loop's clock.</param>
    /// <param name="end">When the last had ended.</param>
    public virtual void Ran(string loop, ReadOnlySpan<LoopStep> steps, TimeSpan start, TimeSpan end)
    {
    }
}

/// <summary>One item on one worker.</summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="Worker">The worker's name.</param>
/// <param name="Id">The item's number, unique within its executor.</param>
/// <param name="Name">The item's name.</param>
/// <param name="Time">When, in ticks of 100 ns on the engine's clock, counted from the executor's start.</param>
public readonly record struct WorkEvent(string Engine, string Worker, long Id, string Name, TimeSpan Time);

/// <summary>How an item ended.</summary>
public enum WorkEnd
{
    /// <summary>It returned.</summary>
    Completed,

    /// <summary>It threw, timed out or lost its worker.</summary>
    Failed,

    /// <summary>It was given up.</summary>
    Cancelled,
}
