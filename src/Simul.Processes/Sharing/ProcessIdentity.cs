using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Sharing;

// One process in the whole life of the machine, in one word that can be exchanged atomically: its id, and when it started, in
// the kernel's ticks. A process id that was used again has another start. Never zero, which means nobody.
internal readonly record struct ProcessIdentity(ulong Word)
{
    private const int StartField = 19; // of /proc/<pid>/stat, counted from the state, which comes behind the name

    public static ProcessIdentity Current { get; } = TryRead(Environment.ProcessId, out uint started, out _, out _)
        ? new(started, Environment.ProcessId)
        : throw new PlatformNotSupportedException("Shared objects need /proc, from which processes know each other's start. Mount it.");

    // Ids and start times mean something within these only; processes from elsewhere would look dead.
    public static ulong Namespace { get; } = NamespaceNumber("pid") << 32 | NamespaceNumber("time");

    public ProcessIdentity(uint started, int pid)
        : this((ulong)started << 32 | (uint)pid)
    {
    }

    public int Pid => (int)(uint)Word;

    public uint Started => (uint)(Word >> 32);

    // Certain when it says no. What cannot be found out counts as alive: to wait longer does less harm than to break in.
    public unsafe bool IsAlive()
    {
        if (Word == Current.Word) return true;
        // The descriptor first: while it is open the process cannot make room for another with its id unnoticed.
        int descriptor = Libc.PidFdOpen(Pid);
        try
        {
            if (!TryRead(Pid, out uint started, out char state, out bool gone)) return !gone;
            if (started != Started) return false;
            if (descriptor < 0) return state is not ('Z' or 'X');
            // Readable once its last thread has ended; a zombie's other threads may run for a moment yet.
            var polled = new Libc.PollDescriptor { Descriptor = descriptor, Events = Libc.PollIn };
            return Libc.Poll(&polled, 1, 0) <= 0;
        }
        finally
        {
            if (descriptor >= 0) Libc.Close(descriptor);
        }
    }

    public override string ToString() => $"process {Pid.ToString(CultureInfo.InvariantCulture)}";

    private static unsafe bool TryRead(int pid, out uint started, out char state, out bool gone)
    {
        started = 0;
        state = '?';
        byte* buffer = stackalloc byte[1024];
        nint count = -1;
        int file = Libc.Open($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat", Libc.CloseOnExec, 0);
        if (file >= 0) count = Libc.Read(file, buffer, 1024);
        gone = count < 0 && Marshal.GetLastPInvokeError() is (Libc.NoSuchFile or Libc.NoSuchProcess);
        if (file >= 0) Libc.Close(file);
        if (count < 0) return false;
        string text = Encoding.Latin1.GetString(buffer, (int)count);
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' '); // a name may contain anything
        state = fields[0][0];
        started = (uint)ulong.Parse(fields[StartField], CultureInfo.InvariantCulture);
        return true;
    }

    private static ulong NamespaceNumber(string kind)
    {
        string? link = new FileInfo($"/proc/self/ns/{kind}").LinkTarget; // "pid:[4026531836]"
        return link is not null && ulong.TryParse(link.AsSpan(link.IndexOf('[') + 1).TrimEnd(']'), CultureInfo.InvariantCulture, out ulong number) ? number & uint.MaxValue : 0;
    }
}
