using System.Runtime.InteropServices;
using Simul.Processes.Interop.Linux;
using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Launch;

// Starts worker processes and connects a private channel to each. The seam between operating systems.
internal abstract class WorkerLauncher : IDisposable
{
    // Of every process it starts.
    public Surroundings Surroundings { get; init; } = Surroundings.OfParent;

    public static WorkerLauncher Create(ProcessExecutorOptions options, HostCommand command, Surroundings? surroundings = null)
    {
        bool canShare = OperatingSystem.IsLinux() && !options.PortableLaunch && Libc.FutexNumber >= 0;
        if (options.Transport == WorkerTransport.SharedMemory && !canShare)
            throw new PlatformNotSupportedException($"Shared memory with workers needs Linux and a processor whose futex call is known; this is {RuntimeInformation.RuntimeIdentifier}. Leave {nameof(ProcessExecutorOptions.Transport)} at {nameof(WorkerTransport.Automatic)}.");
        return OperatingSystem.IsLinux() && !options.PortableLaunch
            ? new LinuxLauncher(command, options.Diagnostics, rings: canShare && options.Transport != WorkerTransport.Sockets) { Surroundings = surroundings ?? Surroundings.OfParent }
            : new PortableLauncher(command, options.Diagnostics) { Surroundings = surroundings ?? Surroundings.OfParent };
    }

    // Where large arguments are put for any worker to read; null: into the frames.
    public virtual ArenaAllocator? Arguments => null;

    // Payloads that nobody will read any more.
    public void Release(params ReadOnlySpan<Payload> payloads)
    {
        foreach (var payload in payloads) payload.Release(Arguments);
    }

    public virtual void Dispose()
    {
    }

    // Blocks until the process runs and the channel stands. `index` counts the workers of a pool, from 0; `output` hears its lines, from any thread.
    public abstract (WorkerProcess Process, Channel Channel) Start(string workerName, int index, Action<string, bool, int> output);

    // What differs between the environment of a worker and its parent's.
    protected Dictionary<string, string?> Environment(HostCommand command, bool diagnostics, string[] description)
    {
        var changes = new Dictionary<string, string?>
        {
            // A worker runs one item at a time: heaps and threads for every core would only cost memory, 200 workers over.
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            [WorkerDepth.Variable] = (WorkerDepth.Current + 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        // The runtime's diagnostic sockets are files in the temporary folder, which a killed process leaves behind.
        if (!diagnostics) changes["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in Surroundings.Environment) changes[name] = value;
        changes[HostCommand.Variable] = command.Inherited.Length > 0 ? command.Inherited : null;
        changes[HostCommand.WorkerVariable] = command.WorkerEnvironment(description);
        return changes;
    }
}
