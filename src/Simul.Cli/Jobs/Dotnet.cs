using System.Runtime.InteropServices;

namespace Simul.Cli.Jobs;

// The dotnet executable that runs us, so that children run on the same installation.
internal static class Dotnet
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } self && System.IO.Path.GetFileName(self) == name) return self;
        // <root>/shared/Microsoft.NETCore.App/10.0.x/ has the runtime that is loaded here.
        string root = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string beside = System.IO.Path.Combine(root, name);
        return File.Exists(beside) ? beside : name;
    }
}
