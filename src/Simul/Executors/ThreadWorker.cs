namespace Simul;

// One thread of a ThreadExecutor: takes the job it is given, then whatever is next, then idles until it is given another.
internal sealed class ThreadWorker
{
    private readonly ThreadExecutor _executor;
    private readonly SemaphoreSlim _given = new(0);
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
        while (true)
        {
            _given.Wait();
            var job = _job;
            _job = null;
            if (job is null) return;
            while (job is not null)
            {
                var ended = job.Run(this);
                var next = _executor.NextJob(this, ended, out bool leave);
                next?.JoinClock();
                job.LeaveClock();
                if (leave) return;
                job = next;
            }
        }
    }
}
