namespace Simul.Cli.Jobs.Host;

// The engines by name.
internal static class JobEngines
{
    public static readonly string[] Names = ["sync", "loop", "threads", "processes"];

    public static Executor Create(string name, int? workers, bool asynchronous, WorkObserver observer) => name switch
    {
        "sync" => new OneByOneExecutor(observer),
        _ => throw new JobRefusedException($"There is no engine '{name}'.{NearestName.Hint(name, Names, "engine")}"),
    };

    // Enough under way that no worker waits for the next line; for asynchronous methods, many at once is the point.
    public static int Window(Executor engine, bool asynchronous) =>
        engine.Engine == "sync" ? 4 : (int)Math.Clamp((long)engine.Workers * 2, asynchronous ? 256 : 8, 4096);
}
