using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Simul.Bench.Orchestration;

/// <summary>What the figures were measured on. Figures from different machines are not to be compared.</summary>
internal static class Machine
{
    public static string Describe() =>
        $"{Environment.ProcessorCount} cores, {Field("/proc/cpuinfo", "model name")}, {Memory()} GiB, {FirstLine("uname", "-sr")}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>The versions of the peers' tools, those that are there.</summary>
    public static string Versions()
    {
        var versions = new List<string>();
        void Add(string name, string? text)
        {
            if (text is not null) versions.Add($"{name} {text}");
        }
        Add("Python", Tool.Python.IsThere ? FirstLine(Paths.Python, "-V")?.Split(' ')[^1] : null);
        foreach (var (module, tool) in new[] { ("uvloop", Tool.Uvloop), ("trio", Tool.Trio), ("gevent", Tool.Gevent), ("joblib", Tool.Joblib) })
        {
            Add(module, tool.IsThere ? FirstLine(Paths.Python, "-c", $"import {module}; print({module}.__version__)") : null);
        }
        Add("Node", Tool.Node.IsThere ? FirstLine("node", "--version")?.TrimStart('v') : null);
        Add("Go", Tool.Go.IsThere ? FirstLine("go", "version")?.Split(' ')[2].Replace("go", "") : null);
        Add("tokio", Tool.Tokio.IsThere ? TokioVersion() : null);
        return string.Join(", ", versions);
    }

    private static string? TokioVersion()
    {
        string lockFile = Path.Combine(Path.GetDirectoryName(Paths.Tokio)!, "..", "..", "Cargo.lock");
        if (!File.Exists(lockFile)) return "";
        return File.ReadLines(lockFile).SkipWhile(l => l != "name = \"tokio\"").Skip(1).FirstOrDefault()?.Split('"')[1];
    }

    private static string Memory() => (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30)).ToString("F0");

    private static string Field(string file, string key) =>
        File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor";

    private static string? FirstLine(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null) return null;
            string? line = process.StandardOutput.ReadLine();
            process.WaitForExit();
            return line;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // built here once, its tool gone since
        }
    }
}
