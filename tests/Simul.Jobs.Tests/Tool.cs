using System.Diagnostics;

namespace Simul.Jobs.Tests;

// The tool as its users start it: a process.
internal static class Tool
{
    private static readonly string s_dll = typeof(Simul.Cli.Application).Assembly.Location;

    public static string Fixtures { get; } = Path.Combine(
        AppContext.BaseDirectory.TrimEnd('/', '\\').Replace("Simul.Jobs.Tests", "Simul.Jobs.Fixtures"), "Simul.Jobs.Fixtures.dll");

    public static string Repository { get; } = FindRepository();

    public sealed record Answer(int Code, string Out, string Error)
    {
        public override string ToString() => $"exit code {Code}\n{Out}\n{Error}";
    }

    public static Answer Run(params string[] arguments) => Run(60, arguments);

    public static Answer Run(int seconds, params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(seconds * 1000))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"simul {string.Join(' ', arguments)} did not end within {seconds} s.\n{error.Result}");
        }
        return new Answer(process.ExitCode, output.Result, error.Result);
    }

    public static Process Start(params string[] arguments)
    {
        // A test host that was started in the background hands an ignored SIGINT on; a user's shell does not.
        string[] line = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet", s_dll] : ["dotnet", s_dll];
        var start = new ProcessStartInfo(line[0], line[1..].Concat(arguments)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Simul.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("Simul.slnx");
    }
}
