using System.Runtime.InteropServices;

namespace Simul.Cli;

// The C library, as far as the tool needs it. Linux and macOS.
internal static unsafe partial class Libc
{
    public const int Interrupted = 4; // EINTR
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int ProcessGroup = 1; // PRIO_PGRP

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    // Which: ProcessGroup.
    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    public static partial int SetPriority(int which, int who, int nice);

    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitNow(int code);

    public static void WaitWritable(int descriptor)
    {
        var entry = new PollEntry { Descriptor = descriptor, Events = PollEntry.Writable };
        _ = Poll(&entry, 1, -1);
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public const short Readable = 1;
        public const short Writable = 4;

        public int Descriptor;
        public short Events;
        public short Results;
    }
}
