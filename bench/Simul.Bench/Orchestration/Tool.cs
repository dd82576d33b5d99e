using System.Diagnostics;

namespace Simul.Bench.Orchestration;

/// <summary>Something a peer needs on this machine. What is missing is named once and its peers are skipped.</summary>
internal sealed class Tool(string name, Func<bool> isThere)
{
    private bool? _there;

    public static Tool Node { get; } = new("Node with its pools", () => File.Exists(Paths.Node("loop.mjs")) && Directory.Exists(Paths.Node("node_modules")) && OnPath("node"));

    public static Tool Go { get; } = new("Go", () => File.Exists(Paths.Go));

    public static Tool Tokio { get; } = new("tokio", () => File.Exists(Paths.Tokio));

    public static Tool DotNet { get; } = new("the .NET peer", () => File.Exists(Paths.DotNet));

    public static Tool C { get; } = new("the C programs", () => File.Exists(Paths.C("cpu")) && File.Exists(Paths.C("ipc")));

    public static Tool Python { get; } = Module("python3", "asyncio");

    public static Tool Uvloop { get; } = Module("uvloop");

    public static Tool Trio { get; } = Module("trio");

    public static Tool Gevent { get; } = Module("gevent");

    public static Tool Joblib { get; } = Module("joblib");

    public bool IsThere
    {
        get
        {
            if (_there is { } known) return known;
            _there = isThere();
            if (_there == false) Console.Error.WriteLine($"bench/run: {name} is not there, its peers are skipped; bench/peers/install.sh installs it");
            return _there.Value;
        }
    }

    private static Tool Module(string module, string? import = null) => new(import is null ? $"Python's {module}" : module, () => Succeeds(Paths.Python, "-c", $"import {import ?? module}"));

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static bool Succeeds(string program, params string[] arguments)
    {
        if (!File.Exists(program)) return false;
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true });
        if (process is null) return false;
        _ = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
