using System.Runtime.Versioning;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Launch;

// One thread for all workers of this process: it reads what they print and collects their exit status. It sleeps in poll()
// and costs nothing while nothing happens.
//
// Without pidfd (Linux before 5.3) it wakes twenty times a second while workers live.
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxWatcher
{
    private const int WithoutPidFdMilliseconds = 50;
    private static readonly Lazy<LinuxWatcher> s_instance = new(() => new LinuxWatcher());

    private readonly Lock _gate = new();
    private readonly List<LinuxWorkerProcess> _added = []; // owner: _gate
    private readonly List<LinuxWorkerProcess> _watched = []; // owner: the watcher's thread
    private readonly int _wake;

    private LinuxWatcher()
    {
        _wake = Libc.EventFd(0, Libc.CloseOnExec | Libc.NonBlocking);
        var thread = new Thread(Watch, 256 * 1024) { IsBackground = true, Name = "simul worker watch" };
        thread.UnsafeStart();
    }

    public static LinuxWatcher Instance => s_instance.Value;

    public void Add(LinuxWorkerProcess process)
    {
        lock (_gate) _added.Add(process);
        ulong one = 1;
        Libc.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    private void Watch()
    {
        byte[] buffer = new byte[16 * 1024];
        Libc.PollDescriptor[] polled = [];
        while (true)
        {
            lock (_gate)
            {
                _watched.AddRange(_added);
                _added.Clear();
            }
            int count = 1 + 3 * _watched.Count;
            if (polled.Length < count) polled = new Libc.PollDescriptor[count * 2];
            bool mustAsk = false;
            polled[0] = new() { Descriptor = _wake, Events = Libc.PollIn };
            for (int i = 0; i < _watched.Count; i++)
            {
                var process = _watched[i];
                // poll ignores negative descriptors.
                polled[1 + 3 * i] = new() { Descriptor = process.ProcessDescriptor, Events = Libc.PollIn };
                polled[2 + 3 * i] = new() { Descriptor = process.OutputDescriptor, Events = Libc.PollIn };
                polled[3 + 3 * i] = new() { Descriptor = process.ErrorDescriptor, Events = Libc.PollIn };
                mustAsk |= process.ProcessDescriptor < 0;
            }
            fixed (Libc.PollDescriptor* first = polled) Libc.Poll(first, (nuint)count, mustAsk ? WithoutPidFdMilliseconds : -1);

            ulong ignored;
            if (polled[0].Returned != 0) Libc.Read(_wake, (byte*)&ignored, sizeof(ulong));
            for (int i = _watched.Count - 1; i >= 0; i--)
            {
                var process = _watched[i];
                if (polled[2 + 3 * i].Returned != 0 || polled[3 + 3 * i].Returned != 0) process.ReadOutput(buffer);
                if ((polled[1 + 3 * i].Returned != 0 || process.ProcessDescriptor < 0) && process.TryCollect(buffer)) _watched.RemoveAt(i);
            }
        }
    }
}
