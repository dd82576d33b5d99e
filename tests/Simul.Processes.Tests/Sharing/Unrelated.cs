using System.Diagnostics;

namespace Simul.Processes.Tests.Sharing;

// A process that is no worker of ours.
internal static class Unrelated
{
    public static Process Start(Type entry, params string[] arguments)
    {
        var start = WorkerHost.CreateStartInfo(typeof(Unrelated).Assembly.Location, entry, arguments);
        // The runtime's files for debuggers stay in the temporary folder when a process is killed.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }
}
