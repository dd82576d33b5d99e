using System.Runtime.InteropServices;

namespace Simul.Cli;

internal static unsafe partial class Libc
{
    private const int SetDescriptorFlags = 2; // F_SETFD, the same on Linux and macOS
    private const int FlagCloseOnExec = 1; // FD_CLOEXEC

    // From here on the descriptor does not travel to child processes.
    public static void CloseOnExec(int descriptor) => _ = Control(descriptor, SetDescriptorFlags, FlagCloseOnExec);

    // The C function takes its third argument as "...". On x64, and on Linux arm64, an int passed as a named argument
    // arrives the same; on Apple's arm64 it does not, so nothing relies on the flag there but quicker notice.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int value);
}
