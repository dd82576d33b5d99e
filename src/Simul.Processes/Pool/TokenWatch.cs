namespace Simul.Processes.Pool;

// The jobs that one token gives up. A map hands the same token to all its items, and a registration for each would be most of
// what the pool keeps about them; so jobs that come with the token of the one before them share its registration.
//
//   made (registered) -> has jobs -> over: the token was cancelled, or its last job ended
//
// Owner of all but the registration: the pool's gate.
internal sealed class TokenWatch
{
    private readonly WorkerPool _pool;
    private readonly CancellationTokenRegistration _registration;
    private Job? _first;

    // Not under the gate: a token that is cancelled already calls back at once.
    public TokenWatch(WorkerPool pool, CancellationToken token)
    {
        _pool = pool;
        Token = token;
        _registration = token.UnsafeRegister(static watch => ((TokenWatch)watch!).Fire(), this);
    }

    public CancellationToken Token { get; }

    // Takes no more jobs.
    public bool IsOver { get; private set; }

    public bool HasFired { get; private set; }

    public void Add(Job job)
    {
        job.Watch = this;
        job.NextWatched = _first;
        _first?.PreviousWatched = job;
        _first = job;
    }

    public void Remove(Job job)
    {
        if (job.PreviousWatched is { } previous) previous.NextWatched = job.NextWatched;
        else _first = job.NextWatched;
        job.NextWatched?.PreviousWatched = job.PreviousWatched;
        job.NextWatched = job.PreviousWatched = null;
        job.Watch = null;
    }

    public void EndIfUnused()
    {
        if (_first is not null || IsOver) return;
        IsOver = true;
        _registration.Unregister(); // does not wait for a callback under way
    }

    private void Fire()
    {
        List<Job> given;
        lock (_pool.Gate)
        {
            if (IsOver) return;
            IsOver = HasFired = true;
            given = [];
            for (var job = _first; job is not null; job = job.NextWatched) given.Add(job);
        }
        foreach (var job in given) _pool.Cancel(job);
    }
}
