using System.Runtime.CompilerServices;

namespace Simul;

// One thread of a ThreadExecutor: takes the job it is given, then whatever is next, then idles until it is given another.
internal sealed class ThreadWorker
{
    private readonly ThreadExecutor _executor;
    private readonly SemaphoreSlim _given = new(0);
    private ExecutionContext? _clean; // the thread's own
    private ThreadJob? _job; // set by the giver before _given is released

    public ThreadWorker(ThreadExecutor executor, string name)
    {
        _executor = executor;
        Name = name;
        new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
    }

    public string Name { get; }

    // Set once, under the executor's gate, when an item ran past its limit.
    public bool IsLost { get; set; }

    // Null: end.
    public void Give(ThreadJob? job)
    {
        _job = job;
        _given.Release();
    }

    private void Run()
    {
        _clean = ExecutionContext.Capture();
        do _given.Wait();
        while (RunJobs());
    }

    // A frame of its own: a thread that waits for its next job must not keep the last one alive. False: the thread ends.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunJobs()
    {
        var job = _job;
        _job = null;
        if (job is null) return false;
        while (job is not null)
        {
            job.Run(this);
            // What the item left on the thread must not reach the next one.
            SynchronizationContext.SetSynchronizationContext(null);
            if (_clean is not null && ExecutionContext.Capture() != _clean) ExecutionContext.Restore(_clean);
            var next = _executor.NextJob(this, job, out bool leave);
            next?.JoinClock();
            job.LeaveClock();
            if (leave) return false;
            job = next;
        }
        return true;
    }
}
