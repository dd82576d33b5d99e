namespace Simul;

public sealed partial class EventLoop
{
    /// <summary>The live tasks as a tree: name, state, what each waits for.</summary>
    /// <returns>An immutable snapshot; print it with <see cref="object.ToString"/>.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on this loop.</exception>
    public TaskTreeNode GetTaskTree()
    {
        Check();
        return TaskTree.Of(_root);
    }

    /// <summary>The loop's counters at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on this loop.</exception>
    public EventLoopStatistics GetStatistics()
    {
        Check();
        return new EventLoopStatistics(
            _core.TotalTurns, _core.TotalCallbacks, _core.TotalInjected, _core.Strays.Total, _core.TotalTasks,
            _core.Ready.Count, _core.Timers.Count, _core.Driver.Name);
    }
}
