using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Simul.Processes.Transport;

namespace Simul.Processes.Launch;

// Starts workers with Process.Start; the worker connects to a Unix socket in a private folder, which is removed as soon as it
// has. Used where there is no posix_spawn of ours (Windows, macOS), or when an option forces it.
internal sealed class PortableLauncher(HostCommand command, bool diagnostics) : WorkerLauncher
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(30);

    public override (WorkerProcess Process, Channel Channel) Start(string workerName, int index, Action<string, bool, int> output)
    {
        Surroundings.ThrowIfFolderHasGone();
        // The folder is made with access for this user only; nobody else can connect.
        var folder = Directory.CreateTempSubdirectory("simul-");
        try
        {
            string path = Path.Combine(folder.FullName, "s");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(1);
            var start = new ProcessStartInfo(command.Executable)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = !Surroundings.InheritsOutput,
                RedirectStandardError = !Surroundings.InheritsOutput,
                WorkingDirectory = Surroundings.WorkingDirectory ?? "",
                UseShellExecute = false,
                CreateNoWindow = true,
            };
            string[] description = ["path", path, System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture)];
            foreach (string argument in command.WorkerArguments(description)) start.ArgumentList.Add(argument);
            foreach (var (name, value) in Environment(command, diagnostics, description)) start.Environment[name] = value;

            var process = new PortableWorkerProcess(start, index, Surroundings.Placement, output);
            using var limit = new CancellationTokenSource(s_connectLimit, TimeProvider.System);
            _ = process.Exited.ContinueWith(_ => Cancel(limit), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            try
            {
                return (process, new SocketChannel(listener.AcceptAsync(limit.Token).AsTask().GetAwaiter().GetResult()));
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw new WorkerStartException($"The worker process {process.Id} did not connect. Its standard error: {process.ErrorTail}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It connected long ago.
        }
    }
}
