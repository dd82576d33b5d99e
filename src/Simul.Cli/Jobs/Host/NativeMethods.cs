using System.Runtime.InteropServices;

namespace Simul.Cli.Jobs.Host;

internal static partial class NativeMethods
{
    public const int SetFlags = 2;    // F_SETFD, the same on Linux and macOS
    public const int CloseOnExec = 1; // FD_CLOEXEC

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int SetDescriptorFlags(int descriptor, int command, int value);
}
