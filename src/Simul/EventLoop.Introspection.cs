namespace Simul;

public sealed partial class EventLoop
{
    // A tree that another thread reads may lead nowhere.
    private const int MostDumped = 1_000_000;

    /// <summary>The live tasks as a tree: name, state, what each waits for and through which async methods, whether it is
    /// cancelled or shielded, its deadline; in debug mode also since when and where it was spawned.</summary>
    /// <returns>An immutable snapshot; print it with <see cref="object.ToString"/>.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on this loop.</exception>
    public TaskTreeNode GetTaskTree()
    {
        Check();
        return TaskTree.Of(_root);
    }

    /// <summary>The live tasks as a tree, for other threads: the loop makes it in its next turn.</summary>
    /// <remarks>A loop that is stuck in a callback does not answer; for that there is <see cref="DumpTasks"/>. Thread safety: any
    /// thread.</remarks>
    /// <returns>The tree.</returns>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public Task<TaskTreeNode> GetTaskTreeAsync()
    {
        var answer = new TaskCompletionSource<TaskTreeNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_core.Inject(new Action<object?>(x => ((TaskCompletionSource<TaskTreeNode>)x!).SetResult(TaskTree.Of(_root))), answer, _root)) throw new EventLoopClosedException(Name);
        return answer.Task;
    }

    /// <summary>The live tasks as text, read from the calling thread, whether the loop answers or not.</summary>
    /// <remarks>Best effort, for a loop that is stuck and so stands still: while it runs, what is read need not belong together. Where
    /// the loop can answer, prefer <see cref="GetTaskTreeAsync"/>. Thread safety: any thread.</remarks>
    /// <returns>The tree as text, or a line that says why there is none.</returns>
    public string DumpTasks() => TaskTree.TryOf(_root, MostDumped)?.ToString() ?? $"{Name}: the tasks could not be read while the loop runs. Use GetTaskTreeAsync, or try again.";

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
