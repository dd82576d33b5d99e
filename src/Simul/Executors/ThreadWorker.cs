using System.Runtime.CompilerServices;

namespace Simul;

// One thread of a ThreadExecutor: takes the job it is given, then whatever is next, then idles until it is given another.
internal sealed class ThreadWorker
{
    private readonly ThreadExecutor _executor;
    private readonly SemaphoreSlim _given = new(0);
    private ExecutionContext? _clean; // the thread's own
    private LocalJob? _job;           // set by the giver before _given is released
    private bool _initialized;        // owner of these two: the thread
    private object? _state;

    public ThreadWorker(ThreadExecutor executor, string name)
    {
        _executor = executor;
        Name = name;
        new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
    }

    public string Name { get; }

    // What the initializer made.
    public object? State => _state;

    // Set once, under the books' gate, when an item ran past its limit or was written off.
    public bool IsLost { get; set; }

    // Null: end.
    public void Give(LocalJob? job)
    {
        _job = job;
        _given.Release();
    }

    // On the thread, before an item. False when it failed, here or before.
    public bool Initialize(LocalBooks books)
    {
        if (_initialized) return true;
        if (books.Options.Initializer is { } initializer)
        {
            WorkContext.Current = new WorkContext(books.Engine, Name, books.Options.Clock, CancellationToken.None);
            try
            {
                _state = initializer.Run(Name, books.Options.Clock);
            }
            catch (Exception error)
            {
                books.FailInitializer(Name, error);
                return false;
            }
            finally
            {
                WorkContext.Current = null;
            }
        }
        return _initialized = true;
    }

    private void Run()
    {
        _clean = ExecutionContext.Capture();
        do _given.Wait();
        while (RunJobs());
        WorkerInitializer.DisposeState(_state, Name);
        _executor.Gone(this);
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
            ((IThreadJob)job).Run(this);
            // What the item left on the thread must not reach the next one.
            SynchronizationContext.SetSynchronizationContext(null);
            if (_clean is not null && ExecutionContext.Capture() != _clean) ExecutionContext.Restore(_clean);
            var next = _executor.NextJob(this, job, out bool leave);
            (next as IThreadJob)?.JoinClock();
            ((IThreadJob)job).LeaveClock();
            if (leave) return false;
            job = next;
        }
        return true;
    }
}
