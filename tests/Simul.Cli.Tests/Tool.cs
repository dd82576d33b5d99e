using System.Diagnostics;
using System.Text.Json;

namespace Simul.Cli.Tests;

// Runs the built tool as users do: as a process.
internal static class Tool
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    public static string Root { get; } = FindRoot();

    public static string Assembly { get; } = Path.Combine(Root, "src", "Simul.Cli", "bin", Configuration, "net10.0", "Simul.Cli.dll");

    public sealed record Result(int ExitCode, string Out, string Error)
    {
        public string[] OutLines => Lines(Out);

        public string[] ErrorLines => Lines(Error);

        public JsonElement Json => JsonDocument.Parse(Out).RootElement;

        private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static Result Run(params string[] arguments) => Execute("dotnet", [Assembly, .. arguments]);

    // Through a shell: $TOOL is the tool.
    public static Result Shell(string script) => Execute("sh", ["-c", $"TOOL='dotnet {Assembly}'; {script}"]);

    public static Result Execute(string file, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("NO_COLOR");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"Still running after {s_patience}: {file} {string.Join(' ', arguments)}");
        }
        return new Result(process.ExitCode, output.Result, error.Result);
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Simul.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests must run inside the repository: no Simul.slnx above them.");
    }
}
