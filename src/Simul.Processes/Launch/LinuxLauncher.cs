using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Simul.Processes.Interop.Linux;
using Simul.Processes.Transport;

namespace Simul.Processes.Launch;

// Starts workers with posix_spawn and hands each one end of a socket pair as descriptor 3.
//
// Why not Process.Start: it can pass no descriptor, reads each redirected stream with a thread of the pool that blocks, and
// cannot tell exit code 137 from SIGKILL. A socket pair has no name: nothing can be left behind, nobody else can connect.
// The descriptor exists without close-on-exec only in the child (dup2 in the file actions), so that no other process this
// application starts at the same moment can inherit it.
//
// Each worker is its own process group: Ctrl+C in the terminal reaches the parent alone, which decides; and a kill ends what
// the worker's method has started as well.
[SupportedOSPlatform("linux")]
internal sealed class LinuxLauncher : WorkerLauncher
{
    private const int ChannelDescriptor = 3;
    private const int ArgumentsDescriptor = 4;

    private readonly HostCommand _command;
    private readonly bool _diagnostics;
    private readonly bool _rings;
    private readonly SharedRegion? _region;
    private readonly SafeFileHandle? _regionFile;

    public LinuxLauncher(HostCommand command, bool diagnostics, bool rings)
    {
        _command = command;
        _diagnostics = diagnostics;
        _rings = rings;
        if (!rings) return;
        try
        {
            _region = SharedRegion.Create(Arena.Size, out int descriptor);
            // High, so that it is not one of those that a worker's are moved onto.
            _regionFile = new SafeFileHandle(Libc.Control(descriptor, Libc.DuplicateCloseOnExec, 64), ownsHandle: true);
            Libc.Close(descriptor);
            if (!_regionFile.IsInvalid) Arguments = new ArenaAllocator(new Arena(_region, 0));
        }
        catch (IOException)
        {
            // Where addresses are rationed, large arguments go the way of small ones.
        }
    }

    public override ArenaAllocator? Arguments { get; }

    public override void Dispose()
    {
        _regionFile?.Dispose();
        _region?.Dispose();
    }

    public override unsafe (WorkerProcess Process, Channel Channel) Start(string workerName, int index, Action<string, bool, int> output)
    {
        Surroundings.ThrowIfFolderHasGone();
        int* pair = stackalloc int[2];
        int* standardOutput = stackalloc int[2];
        int* standardError = stackalloc int[2];
        pair[0] = pair[1] = standardOutput[0] = standardOutput[1] = standardError[0] = standardError[1] = -1;
        bool started = false;
        Channel? channel = null;
        try
        {
            if (_rings) channel = RingChannel.Create(out pair[1]);
            else Check(Libc.SocketPair(Libc.AfUnix, Libc.SockStream | Libc.SockCloseOnExec, 0, pair), "socketpair");
            if (!Surroundings.InheritsOutput)
            {
                Check(Libc.Pipe(standardOutput, Libc.CloseOnExec), "pipe2");
                Check(Libc.Pipe(standardError, Libc.CloseOnExec), "pipe2");
            }
            var (worker, printed, failed) = (pair[1], standardOutput[1], standardError[1]);
            int pid = Surroundings.Placement is { } placement ? placement.Start(index, () => Spawn(worker, printed, failed)) : Spawn(worker, printed, failed);
            channel ??= new DescriptorChannel(pair[0]);
            started = true;
            var process = new LinuxWorkerProcess(pid, standardOutput[0], standardError[0], output);
            LinuxWatcher.Instance.Add(process);
            return (process, channel);
        }
        finally
        {
            CloseIfOpen(pair[1]);
            CloseIfOpen(standardOutput[1]);
            CloseIfOpen(standardError[1]);
            if (!started)
            {
                channel?.Dispose();
                CloseIfOpen(pair[0]);
                CloseIfOpen(standardOutput[0]);
                CloseIfOpen(standardError[0]);
            }
        }
    }

    private unsafe int Spawn(int channel, int standardOutput, int standardError)
    {
        Libc.Opaque actions = default, attributes = default, signals = default;
        string[] description =
        [
            _rings ? "ring" : "fd", ChannelDescriptor.ToString(CultureInfo.InvariantCulture), System.Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            .. Arguments is null ? (string[])[] : [ArgumentsDescriptor.ToString(CultureInfo.InvariantCulture)],
        ];
        byte** argv = Strings([_command.Executable, .. _command.WorkerArguments(description)]);
        byte** envp = Strings(MergedEnvironment(description));
        try
        {
            Check(Libc.ActionsCreate(&actions), "posix_spawn_file_actions_init");
            Check(Libc.AttributesCreate(&attributes), "posix_spawnattr_init");
            // The order matters: descriptor 3 may be one of the two sources in this process.
            Libc.ActionsOpen(&actions, 0, "/dev/null", 0, 0);
            if (standardOutput >= 0) Libc.ActionsDuplicate(&actions, standardOutput, 1);
            if (standardError >= 0) Libc.ActionsDuplicate(&actions, standardError, 2);
            Libc.ActionsDuplicate(&actions, channel, ChannelDescriptor);
            if (Surroundings.WorkingDirectory is { } directory) Libc.ActionsChangeDirectory(&actions, directory);
            if (Arguments is not null) Libc.ActionsDuplicate(&actions, (int)_regionFile!.DangerousGetHandle(), ArgumentsDescriptor);
            Libc.AttributesSetGroup(&attributes, 0);
            Libc.AttributesSetSignalMask(&attributes, &signals);
            // Ignored signals stay ignored over exec. The runtime ignores SIGPIPE here; programs a worker starts must not.
            signals.Space[0] = 1L << (Libc.SigPipe - 1);
            Libc.AttributesSetDefaultSignals(&attributes, &signals);
            Libc.AttributesSetFlags(&attributes, Libc.SpawnSetGroup | Libc.SpawnSetDefaultSignals | Libc.SpawnSetSignalMask);
            int pid;
            int error = Libc.Spawn(&pid, argv[0], &actions, &attributes, argv, envp);
            if (error != 0) throw new WorkerStartException($"{_command.Executable} could not be started: {Marshal.GetPInvokeErrorMessage(error)}.");
            return pid;
        }
        finally
        {
            Libc.ActionsDestroy(&actions);
            Libc.AttributesDestroy(&attributes);
            Free(argv);
            Free(envp);
        }
    }

    private IEnumerable<string> MergedEnvironment(string[] description)
    {
        var changes = Environment(_command, _diagnostics, description);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            if (!changes.ContainsKey((string)entry.Key)) yield return $"{entry.Key}={entry.Value}";
        }
        foreach (var (name, value) in changes)
        {
            if (value is not null) yield return $"{name}={value}";
        }
    }

    private static unsafe byte** Strings(IEnumerable<string> values)
    {
        string[] all = [.. values];
        byte** result = (byte**)NativeMemory.AllocZeroed((nuint)all.Length + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < all.Length; i++) result[i] = (byte*)Marshal.StringToCoTaskMemUTF8(all[i]);
        return result;
    }

    private static unsafe void Free(byte** strings)
    {
        for (int i = 0; strings[i] is not null; i++) Marshal.FreeCoTaskMem((nint)strings[i]);
        NativeMemory.Free(strings);
    }

    private static void CloseIfOpen(int descriptor)
    {
        if (descriptor >= 0) Libc.Close(descriptor);
    }

    private static void Check(int result, string call)
    {
        if (result == 0) return;
        int error = result > 0 ? result : Marshal.GetLastPInvokeError();
        throw new WorkerStartException($"A worker process could not be prepared: {call} failed: {Marshal.GetPInvokeErrorMessage(error)}. 'ulimit -n' may be too low.");
    }
}
