namespace Simul.Processes.Launch;

// One started operating-system process, seen from its parent.
//
// Thread safety: all members may be used from any thread.
internal abstract class WorkerProcess
{
    private readonly TaskCompletionSource<WorkerExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public abstract int Id { get; }

    // The last lines the process wrote to its standard error; complete once Exited has ended.
    public abstract string ErrorTail { get; }

    // Ends, after all output has been read, when the process has gone and its status was collected.
    public Task<WorkerExit> Exited => _exit.Task;

    // Asks the process to end, as SIGTERM does; it alone, and it may refuse. Where there are no signals it is ended. No effect on
    // one that has gone.
    public abstract void Terminate();

    // Ends the process at once, with what it started. No effect on one that has gone.
    public abstract void Kill();

    protected void SetExited(WorkerExit exit) => _exit.TrySetResult(exit);
}
