namespace Simul.Cli.Jobs.Host;

// The engines by name.
internal static class JobEngines
{
    public static Executor Create(string name, int? workers, WorkObserver observer) => name switch
    {
        "sync" => new OneByOneExecutor(observer),
        "loop" => new LoopExecutor(workers is { } n ? new LoopExecutorOptions { Workers = n, Observer = observer } : new LoopExecutorOptions { Observer = observer }),
        "threads" => new ThreadExecutor(new ThreadExecutorOptions { Workers = workers ?? Environment.ProcessorCount, Observer = observer }),
        "processes" => new ProcessExecutor(new ProcessExecutorOptions { Workers = workers ?? Environment.ProcessorCount, Observer = observer }),
        _ => throw new JobRefusedException($"There is no engine '{name}'.{NearestName.Hint(name, JobOptions.Engines, "engine")}"),
    };

    // Enough under way that no worker waits for the next line, and no more: what is under way is lost when the host dies.
    // A loop or a worker process runs many asynchronous items at once; a thread and the one-by-one engine never do.
    public static int Window(Executor engine, bool asynchronous) => engine.Engine switch
    {
        "sync" => 4,
        "loop" => asynchronous ? Math.Min(engine.Workers * 2, 4096) : 4,
        "processes" when asynchronous => Math.Clamp(engine.Workers * 128, 256, 4096),
        _ => Math.Clamp(engine.Workers * 2, 8, 4096),
    };
}
