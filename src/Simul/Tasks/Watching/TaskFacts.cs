namespace Simul;

// What debug mode remembers of a task, beside it: a task that nobody debugs does not grow.
internal sealed class TaskFacts
{
    public string? CreatedAt; // set at spawning

    public long LastRan = -1; // on the loop's clock, when its last step ended; -1: it has not run. Owner: the baton holder
}
