namespace Simul.Bench.Orchestration;

/// <summary>Where things stand, all under the repository's root, which the launcher names.</summary>
internal static class Paths
{
    public const string Python = "/usr/bin/python3"; // Debian's own: the modules are installed for it alone

    public static string Root { get; } = Environment.GetEnvironmentVariable("SIMUL_BENCH_ROOT")
        ?? throw new InvalidOperationException("SIMUL_BENCH_ROOT is not set. Start the orchestration through bench/run.");

    public static string Results => Path.Combine(Root, "bench", "RESULTS.md");

    public static string Logs => Path.Combine(Root, "artifacts", "bench-logs");

    public static string Go => Built("go", "peers");

    public static string Tokio => Built("tokio", "target", "release", "peers");

    public static string DotNet => Built("dotnet", "bin", "peers", "release", "peers.dll");

    public static string Node(string file) => Built("node", file);

    public static string C(string program) => Built("c", program);

    public static string Source(string file) => Path.Combine(Root, "bench", "peers", file);

    private static string Built(params string[] parts) => Path.Combine([Root, "artifacts", "peers", .. parts]);
}
