namespace Simul.Processes.Pool;

// Ends a pool whose executor nobody disposed and nobody can reach any more, when its work has ended. Held by the executor alone:
// the pool's own threads keep the pool.
internal sealed class PoolReaper(WorkerPool pool)
{
    ~PoolReaper() => pool.ShutdownAsync(ShutdownMode.Finish, null);

    public void Dismiss() => GC.SuppressFinalize(this);
}
