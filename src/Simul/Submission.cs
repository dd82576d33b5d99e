namespace Simul;

// A coroutine on its way to a loop, from any thread, and its outcome on the way back.
//
//   made -> started on a loop -> ended
//
// It is started once, by the loop it was posted to or, in a group, by one that took it over. A loop that ends first starts it
// as a task that is cancelled already.
internal abstract class Submission(EventLoop loop, string? name, CancellationToken cancellationToken)
{
    public static readonly Action<object?> StartIt = static x => ((Submission)x!).StartOnLoop();

    private readonly ExecutionContext? _flow = ExecutionContext.Capture();

    // The loop that runs it; moved before the start by a group alone, under its lock.
    public EventLoop Loop { get; set; } = loop;

    // Told on the loop when it has ended.
    public Action<Submission>? Ended { get; init; }

    protected CancellationToken CancellationToken => cancellationToken;

    public void StartOnLoop()
    {
        var task = MakeTask(Loop.Root, name);
        Loop.SetFlow(task, _flow);
        // Registered before the start: an already cancelled token then cancels before the first step.
        var registration = cancellationToken.UnsafeRegister(static x => ((LoopTask)x!).Cancel("its token was cancelled"), task);
        task.Ended = () =>
        {
            registration.Dispose();
            Ended?.Invoke(this);
            Deliver(task);
        };
        Loop.Root.Start(task);
    }

    protected abstract LoopTask MakeTask(GroupScope root, string? name);

    protected abstract void Deliver(LoopTask task);
}

internal sealed class Submission<T>(EventLoop loop, Func<Task<T>> body, string? name, CancellationToken cancellationToken)
    : Submission(loop, name, cancellationToken)
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Outcome => _outcome.Task;

    protected override LoopTask MakeTask(GroupScope root, string? name) => new LoopTask<T>(root, body, name);

    protected override void Deliver(LoopTask task)
    {
        if (task.Status == LoopTaskStatus.Succeeded) _outcome.TrySetResult(((LoopTask<T>)task).Result);
        else if (task.Error is { } error) _outcome.TrySetException(error);
        else _outcome.TrySetCanceled(CancellationToken.IsCancellationRequested ? CancellationToken : new CancellationToken(true));
    }
}
