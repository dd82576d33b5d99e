namespace Simul;

// A child whose starter waits until it is ready. What it fails with before that is the starter's to hear, not the group's.
internal sealed class StartingTask<T> : LoopTask, IStartingTask
{
    private readonly TaskStarted<T> _started;

    public StartingTask(LoopScope parent, Func<TaskStarted<T>, Task> body, TaskStarted<T> started, string? name)
        : base(parent, body, name) => _started = started;

    public bool IsStarting => !_started.IsReady && !IsAbandoned;

    // Its starter was cancelled and hears nothing any more.
    public bool IsAbandoned { get; set; }

    private protected override Task? InvokeBody(Delegate body) => ((Func<TaskStarted<T>, Task>)body)(_started);
}

internal interface IStartingTask
{
    bool IsStarting { get; }
}
