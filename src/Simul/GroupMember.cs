namespace Simul;

// A loop of a group, and what the group knows of its load.
internal sealed class GroupMember(EventLoopThread thread)
{
    private int _pending; // both interlocked
    private int _alive;

    public EventLoopThread Thread => thread;

    public EventLoop Loop => thread.Loop;

    // What it was given and has not begun, first come first served; others of the group may take from it. Owner: the group's gate.
    public LinkedList<Submission> Queue { get; } = [];

    // The turn after which it was found to have nothing to do: while that is its last turn, it waits. Owner: the group's gate.
    public long IdleTurn { get; set; }

    public bool IsOpen => !Loop.IsEnding && !thread.Completion.IsCompleted;

    public void Given()
    {
        Interlocked.Increment(ref _pending);
        Interlocked.Increment(ref _alive);
    }

    public void Begun() => Interlocked.Decrement(ref _pending);

    public void Ended() => Interlocked.Decrement(ref _alive);

    public void TakenBack()
    {
        Begun();
        Ended();
    }

    // What would run before a newcomer does: whatever the loop is at, what is ready, what has not begun. Of equals the one with
    // fewer tasks: those that sleep keep nobody waiting now. One that waits, or only wakes up, has nothing before a newcomer;
    // were its pending counted, the first loop to be awake would get everything of a burst.
    public bool IsLessLoadedThan(GroupMember other) => (Backlog, Alive).CompareTo((other.Backlog, other.Alive)) < 0;

    public EventLoopLoad GetLoad() => new(Loop.Name, Pending, Alive, Loop.Core.ReadyHint, Pending == 0 && IsIdle);

    // Also while it wakes up: what it was given then is its own.
    public bool IsIdle => IdleTurn == Loop.Core.TotalTurns;

    private int Backlog => IsIdle ? 0 : 1 + Pending + Loop.Core.ReadyHint;

    private int Pending => Volatile.Read(ref _pending);

    private int Alive => Volatile.Read(ref _alive);
}
