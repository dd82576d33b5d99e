namespace Simul.Processes.Worker;

// The event loop on which all asynchronous items of a worker run, many at a time: loops x processes. An error that nobody on it
// can be told of (an async void method's) ends the loop and with it the process, as a crash.
internal sealed class AsyncLane
{
    private readonly TaskCompletionSource<EventLoop> _loop = new();

    public AsyncLane(string worker, TimeProvider clock)
    {
        // A background thread: a method that never ends must not keep a worker alive that was asked to end.
        new Thread(() => Run(worker, clock)) { IsBackground = true, Name = "simul asynchronous items" }.UnsafeStart();
    }

    // From any thread.
    public void Post(Action action) => _loop.Task.Result.Post(action);

    // Runs an item as a task of the loop; the body reports its end itself.
    public void Start(WorkerItem item, Func<Task> body) => Post(() => _loop.Task.Result.Spawn(async () =>
    {
        using var cancel = item.Token.UnsafeRegister(static task => ((LoopTask)task!).Cancel("the item was given up"), EventLoop.CurrentTask);
        await body();
    }));

    private void Run(string worker, TimeProvider clock) => EventLoop.Run(async () =>
    {
        var loop = EventLoop.Current;
        using var open = loop.HoldOpen();
        _loop.SetResult(loop);
        await new Future<bool>(); // until the process ends
    }, new EventLoopOptions { Name = $"{worker}'s event loop", Clock = clock });
}
