using System.Collections;
using System.Runtime.InteropServices;

namespace Simul.Cli;

// Starts a child in a session of its own, with signals as a program expects to find them.
//
// Why not System.Diagnostics.Process: it can give the child neither a process group (so Ctrl+C on the terminal would hit
// children and tool alike, and nothing could stop a child's own children) nor default signals (a job that a script put in
// the background hands its ignored SIGINT on, and the runtime its ignored SIGPIPE).
// Why a session and not only a group: a background group that reads the terminal is stopped and waits for ever; without a
// terminal it gets an error.
internal static unsafe partial class ProcessSpawner
{
    private const short SetSignalDefaults = 0x04; // POSIX_SPAWN_SETSIGDEF
    private const short SetSignalMask = 0x08; // POSIX_SPAWN_SETSIGMASK
    private static readonly short s_setSession = (short)(OperatingSystem.IsLinux() ? 0x80 : 0x400); // POSIX_SPAWN_SETSID

    // Larger than any platform's structure: 336 bytes of attributes and 128 of signals in glibc.
    private const int OpaqueSize = 1024;

    // Null where a descriptor goes to /dev/null. Throws SpawnException with the kernel's reason.
    public static int Start(IReadOnlyList<string> command, IReadOnlyList<KeyValuePair<string, string>> environment, SafeHandle? input, SafeHandle? output, SafeHandle? error)
    {
        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* signals = stackalloc byte[OpaqueSize];
        nint[] arguments = Strings(command);
        nint[] variables = Strings(WithOwnEnvironment(environment));
        nint nowhere = Marshal.StringToCoTaskMemUTF8("/dev/null");
        InitActions(actions);
        InitAttributes(attributes);
        try
        {
            Redirect(actions, input, 0, nowhere);
            Redirect(actions, output, 1, nowhere);
            Redirect(actions, error, 2, nowhere);
            SetFlags(attributes, (short)(s_setSession | SetSignalDefaults | SetSignalMask));
            FillSignals(signals);
            SetDefaults(attributes, signals);
            EmptySignals(signals);
            SetMask(attributes, signals);
            fixed (nint* argv = arguments)
            fixed (nint* envp = variables)
            {
                int failure = SpawnOnPath(out int process, argv[0], actions, attributes, argv, envp);
                return failure == 0 ? process : throw new SpawnException(command[0], failure);
            }
        }
        finally
        {
            DestroyAttributes(attributes);
            DestroyActions(actions);
            Marshal.FreeCoTaskMem(nowhere);
            Free(arguments);
            Free(variables);
        }
    }

    private static void Redirect(byte* actions, SafeHandle? handle, int descriptor, nint nowhere)
    {
        // Both opening and duplicating clear close-on-exec for the child's copy; everything else we hold has it set.
        if (handle is null) AddOpen(actions, descriptor, nowhere, descriptor == 0 ? 0 : 1, 0);
        else AddDuplicate(actions, (int)handle.DangerousGetHandle(), descriptor);
    }

    private static IEnumerable<string> WithOwnEnvironment(IReadOnlyList<KeyValuePair<string, string>> additions)
    {
        var all = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables()) all[(string)entry.Key] = (string?)entry.Value ?? "";
        foreach (var (name, value) in additions) all[name] = value;
        return all.Select(e => $"{e.Key}={e.Value}");
    }

    private static nint[] Strings(IEnumerable<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static void Free(nint[] texts)
    {
        foreach (nint text in texts) Marshal.FreeCoTaskMem(text);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    private static partial int SpawnOnPath(out int process, nint file, byte* actions, byte* attributes, nint* argv, nint* envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    private static partial int AddOpen(byte* actions, int descriptor, nint path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int FillSignals(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int EmptySignals(byte* signals);
}
