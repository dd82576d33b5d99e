using System.IO.Pipes;

namespace Simul.Cli;

// A command that runs: its process, its two pipes, and what is known of its end.
//
//   Started --(reaped)--> Exited --(both pipes ended, or the patience is over)--> finished
//
// Owner: the supervisor's thread.
internal sealed class RunChild : IDisposable
{
    private readonly AnonymousPipeServerStream[] _pipes;
    private readonly LineSplitter[] _lines = [new(), new()];
    private readonly bool[] _open = [true, true];
    private readonly IReadOnlyList<string> _command;
    private long _outputBytes;

    private RunChild(RunJob job, int attempt, int slot, IReadOnlyList<string> command, int process, AnonymousPipeServerStream[] pipes)
    {
        Job = job;
        Attempt = attempt;
        Slot = slot;
        _command = command;
        Process = process;
        _pipes = pipes;
        Start = TimeProvider.System.GetUtcNow();
        StartStamp = TimeProvider.System.GetTimestamp();
    }

    public RunJob Job { get; }

    public int Attempt { get; }

    public int Slot { get; }

    // Also the number of its session and of its process group.
    public int Process { get; }

    public DateTimeOffset Start { get; }

    public long StartStamp { get; }

    // Set once, when the process was reaped.
    public ChildStatus? Status { get; private set; }

    public long ExitStamp { get; private set; }

    // Set once, when the supervisor ends it for a reason of its own.
    public Condemnation? Condemned { get; private set; }

    public long CondemnedStamp { get; private set; }

    // Set once, when it did not go as it was asked to.
    public bool CondemnedKilled { get; private set; }

    public bool IsOpen(int pipe) => _open[pipe];

    public bool IsDrained => !_open[0] && !_open[1];

    public int Descriptor(int pipe) => (int)_pipes[pipe].SafePipeHandle.DangerousGetHandle();

    public static RunChild StartNew(
        RunJob job, int attempt, int slot, IReadOnlyList<string> command, Func<IReadOnlyList<string>, IReadOnlyList<string>> wrap, IReadOnlyList<KeyValuePair<string, string>> environment)
    {
        var pipes = new AnonymousPipeServerStream[2];
        try
        {
            // Close-on-exec from the first instant: no other child holds an end of these.
            for (int i = 0; i < 2; i++) pipes[i] = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            int process = ProcessSpawner.Start(wrap(command), environment, null, pipes[0].ClientSafePipeHandle, pipes[1].ClientSafePipeHandle);
            foreach (var pipe in pipes) pipe.DisposeLocalCopyOfClientHandle(); // else the end would never show
            return new RunChild(job, attempt, slot, command, process, pipes);
        }
        catch
        {
            foreach (var pipe in pipes) pipe?.Dispose();
            throw;
        }
    }

    // Reads what is there; poll has said that something is. The pipe may have ended.
    public unsafe void Read(int pipe, byte[] buffer, RunOutput output)
    {
        nint count;
        fixed (byte* start = buffer) count = Libc.Read(Descriptor(pipe), start, (nuint)buffer.Length);
        if (count < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Libc.Interrupted) return;
        if (count <= 0)
        {
            Close(pipe, output);
            return;
        }
        if (pipe == 0) _outputBytes += count;
        _lines[pipe].Add(buffer.AsSpan(0, (int)count), line => output.Line(Job.Index, line, pipe == 1));
    }

    public void Exited(ChildStatus status)
    {
        Status = status;
        ExitStamp = TimeProvider.System.GetTimestamp();
    }

    public void Condemn(Condemnation why, int signal)
    {
        if (Condemned is not null || Status is not null) return;
        Condemned = why;
        CondemnedStamp = TimeProvider.System.GetTimestamp();
        Signal(signal);
    }

    public void KillCondemned()
    {
        CondemnedKilled = true;
        Signal(Libc.SigKill);
    }

    public void Close(int pipe, RunOutput output)
    {
        if (!_open[pipe]) return;
        _open[pipe] = false;
        _lines[pipe].Finish(line => output.Line(Job.Index, line, pipe == 1));
        _pipes[pipe].Dispose();
    }

    // To the command and whatever it started, as long as that stayed in its group.
    public void Signal(int signal) => _ = Libc.Kill(-Process, signal);

    public RunAttempt Report() => new(
        Job.Index, Job.Item, _command, Attempt, Process, Start, Math.Round(TimeProvider.System.GetElapsedTime(StartStamp, ExitStamp).TotalSeconds, 6),
        Condemned is null ? Status!.ExitCode : null, Condemned is null ? Status!.SignalName : null, Condemned?.Reason, Math.Round(Status!.CpuSeconds, 6))
    {
        OutputBytes = _outputBytes,
        SignalNumber = Status!.Signal,
    };

    public void Dispose()
    {
        foreach (var pipe in _pipes) pipe.Dispose();
    }
}
