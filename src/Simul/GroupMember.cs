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

    // What would run before a newcomer does: what has not begun, what is ready, and whatever the loop is at. Only then counts how
    // many tasks it has, since those that sleep keep nobody waiting.
    public bool IsLessLoadedThan(GroupMember other) => (Backlog, Alive).CompareTo((other.Backlog, other.Alive)) < 0;

    public EventLoopLoad GetLoad() => new(Loop.Name, Pending, Alive, Loop.Core.ReadyHint, Pending == 0 && IsIdle);

    // Also while it wakes up: what it was given then is its own.
    public bool IsIdle => IdleTurn == Loop.Core.TotalTurns;

    private int Backlog => Pending + Loop.Core.ReadyHint + (IsIdle ? 0 : 1);

    private int Pending => Volatile.Read(ref _pending);

    private int Alive => Volatile.Read(ref _alive);
}
