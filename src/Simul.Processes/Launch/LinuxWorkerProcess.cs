using System.Runtime.Versioning;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Launch;

// A child that this library started itself and whose status it collects itself. The runtime leaves foreign children alone.
//
// Kill and Collect take the same lock: a process id is only reused after its status was collected, so a kill can never hit
// a stranger.
[SupportedOSPlatform("linux")]
internal sealed class LinuxWorkerProcess : WorkerProcess
{
    private const int TailLength = 4096;

    private readonly Lock _gate = new();
    private readonly OutputLines _outputLines;
    private readonly OutputLines _errorLines;
    private bool _collected; // owner: _gate; set once

    public unsafe LinuxWorkerProcess(int pid, int standardOutput, int standardError, Action<string, bool, int> output)
    {
        Id = pid;
        ProcessDescriptor = Libc.PidFdOpen(pid); // -1 before Linux 5.3: the watcher then asks from time to time
        OutputDescriptor = standardOutput;
        ErrorDescriptor = standardError;
        SetNonBlocking(standardOutput);
        SetNonBlocking(standardError);
        _outputLines = new OutputLines(line => output(line, false, pid), 0);
        _errorLines = new OutputLines(line => output(line, true, pid), TailLength);
    }

    public override int Id { get; }

    public override string ErrorTail => _errorLines.Tail;

    // Owner of the three: the watcher's thread; -1 once closed.
    public int ProcessDescriptor { get; private set; }

    public int OutputDescriptor { get; private set; }

    public int ErrorDescriptor { get; private set; }

    public override void Terminate()
    {
        lock (_gate)
        {
            if (!_collected) Libc.Kill(Id, Libc.SigTerm);
        }
    }

    public override void Kill()
    {
        lock (_gate)
        {
            if (_collected) return;
            Libc.Kill(-Id, Libc.SigKill);
            Libc.Kill(Id, Libc.SigKill);
        }
    }

    // The watcher calls the rest.
    public void ReadOutput(byte[] buffer)
    {
        if (OutputDescriptor >= 0 && !Drain(OutputDescriptor, _outputLines, buffer)) OutputDescriptor = CloseNow(OutputDescriptor);
        if (ErrorDescriptor >= 0 && !Drain(ErrorDescriptor, _errorLines, buffer)) ErrorDescriptor = CloseNow(ErrorDescriptor);
    }

    // True when the process has gone; everything about it is then over.
    public unsafe bool TryCollect(byte[] buffer)
    {
        int status = 0;
        int answer;
        lock (_gate)
        {
            answer = Libc.WaitPid(Id, &status, Libc.NoHang);
            if (answer == 0) return false;
            _collected = true;
        }
        ReadOutput(buffer);
        _outputLines.End();
        _errorLines.End();
        OutputDescriptor = CloseNow(OutputDescriptor);
        ErrorDescriptor = CloseNow(ErrorDescriptor);
        ProcessDescriptor = CloseNow(ProcessDescriptor);
        int signal = status & 0x7f;
        SetExited(answer < 0 ? new WorkerExit(null, null)
            : signal == 0 ? new WorkerExit((status >> 8) & 0xff, null)
            : new WorkerExit(null, signal));
        return true;
    }

    // False at the end of the stream.
    private static unsafe bool Drain(int descriptor, OutputLines lines, byte[] buffer)
    {
        // Bounded, so that a worker that writes without end cannot keep the watcher from the others.
        for (int round = 0; round < 16; round++)
        {
            nint count;
            fixed (byte* start = buffer) count = Libc.Read(descriptor, start, buffer.Length);
            if (count < 0) return true;
            if (count == 0) return false;
            lines.Add(buffer.AsSpan(0, (int)count));
            if (count < buffer.Length) return true;
        }
        return true;
    }

    private static int CloseNow(int descriptor)
    {
        if (descriptor >= 0) Libc.Close(descriptor);
        return -1;
    }

    private static void SetNonBlocking(int descriptor) =>
        Libc.Control(descriptor, Libc.SetStatus, Libc.Control(descriptor, Libc.GetStatus, 0) | Libc.NonBlocking);
}
