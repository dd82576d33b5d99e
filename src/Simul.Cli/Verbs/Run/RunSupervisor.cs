using System.Collections.Concurrent;
using System.IO.Pipes;

namespace Simul.Cli;

// Runs the commands of a plan on one thread: starts them, reads their pipes, hears of their ends, starts the next.
//
// Why one thread and poll: 200 commands have 400 pipes, and a thread blocked in each would cost more than the commands.
// A second thread reaps (wait4 has no descriptor to poll) and reports through a queue and a pipe.
//
// The thread lives as long as the run: PR_SET_PDEATHSIG, which the trampoline sets, means the *thread* that started a
// child, not the process.
//
// What ends a command: itself; a stop (SIGINT or SIGTERM to its group, SIGKILL after the grace); the second Ctrl+C
// (SIGKILL at once); a limit of the run's (RunSupervisor.Limits); our own death, however it comes (the watchdog, and
// PDEATHSIG). When a command has ended, whatever it left behind in its group is killed too: nothing leaks.
internal sealed partial class RunSupervisor(RunPlan plan, RunOutput output, JobLog? log, ParallelLog? parallelLog = null)
{
    private const int LongestPoll = 1_000; // ms
    private const int ReadSize = 64 * 1024;

    // How long the pipes of an ended command may stay open in other hands (a child of it that still writes).
    private static readonly TimeSpan s_drainPatience = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly ConcurrentQueue<ChildStatus> _reaped = new(); // from the reaper
    private readonly ConcurrentDictionary<int, byte> _live = new(); // processes; read by last resort, from a signal's thread
    private readonly SemaphoreSlim _started = new(0); // wakes the reaper when there is a child to wait for
    private readonly TaskCompletionSource<RunSummary> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AnonymousPipeServerStream _wakeReader = new(PipeDirection.In, HandleInheritability.None);
    private readonly byte[] _buffer = new byte[ReadSize];

    // Owner of all below: the supervisor's thread.
    private readonly Dictionary<int, RunChild> _running = [];
    private readonly LinkedList<(RunJob Job, int Attempt)> _waiting = new();
    private readonly SortedSet<int> _freeSlots = [.. Enumerable.Range(1, plan.Parallel)];
    private readonly RunAttempt?[] _results = new RunAttempt?[plan.Jobs.Count];
    private readonly bool[] _stopped = new bool[plan.Jobs.Count];
    private readonly OrphanGuard _guard = new();
    private int _retried;
    private int _finished;
    private int _succeeded; // of the finished
    private long _stopStamp; // when what runs was asked to stop; 0 before
    private bool _killed; // the grace is over

    private volatile bool _stopAsked; // set by the token, read by the thread

    public async Task<RunSummary> RunAsync(CancellationToken cancellation)
    {
        using var writer = new AnonymousPipeClientStream(PipeDirection.Out, _wakeReader.ClientSafePipeHandle);
        void Wake()
        {
            lock (writer) writer.WriteByte(0);
        }

        using var lastResort = Interrupt.OnLastResort(KillAll);
        using var stop = cancellation.Register(() =>
        {
            _stopAsked = true;
            Wake();
        });
        new Thread(() => Reap(Wake)) { Name = "simul run reaper", IsBackground = true }.Start();
        new Thread(Supervise) { Name = "simul run", IsBackground = true }.Start();
        return await _done.Task;
    }

    private void Supervise()
    {
        long start = _time.GetTimestamp();
        using var progress = plan.Jobs[0].Item is null ? null : ProgressReporter.Live(plan.Open, "commands");
        try
        {
            _guard.Start(_started);
            foreach (var job in plan.Jobs)
            {
                if (!plan.Done.Contains(job.Index)) _waiting.AddLast((job, 1));
                else output.Ended(job.Index);
            }
            while (true)
            {
                StartWaiting();
                TakeReaped();
                Stop();
                Judge();
                FinishEnded();
                bool over = _running.Count == 0 && (_waiting.Count == 0 || _stopAsked);
                if (over) output.End();
                if (progress is not null) progress.Report(_finished, _results.Count(r => r is { Succeeded: false }), output.HasLines ? output.Flush : null);
                else output.Flush();
                if (over) break;
                Poll();
            }
            _guard.Finish(sweep: _stopAsked);
            progress?.Dispose();
            _done.SetResult(Summary(_time.GetElapsedTime(start)));
        }
        catch (Exception e)
        {
            KillAll();
            _guard.Finish(sweep: true);
            progress?.Dispose();
            _done.SetException(e);
        }
    }

    private void StartWaiting()
    {
        while (UntilStart() == 0)
        {
            var (job, attempt) = _waiting.First!.Value;
            _waiting.RemoveFirst();
            int slot = _freeSlots.Min; // the lowest number nobody has who runs
            var command = job.Command(slot);
            try
            {
                var child = RunChild.StartNew(job, attempt, slot, command, Trampoline.Wrap, Environment(job, slot));
                _running.Add(child.Process, child);
                _freeSlots.Remove(slot);
                _live[child.Process] = 0;
                _guard.Add(child.Process);
                _started.Release();
                if (plan.Nice is { } nice) _ = Libc.SetPriority(Libc.ProcessGroup, child.Process, nice);
            }
            catch (Exception e) when (e is SpawnException or IOException)
            {
                // No descriptors, no processes, no such file: this command failed, the others go on.
                End(new RunAttempt(job.Index, job.Item, command, attempt, null, _time.GetUtcNow(), 0, null, null, e.Message, 0), job);
            }
            _lastStart = _time.GetTimestamp();
        }
    }

    private List<KeyValuePair<string, string>> Environment(RunJob job, int slot)
    {
        List<KeyValuePair<string, string>> variables =
        [
            new("SIMUL_INDEX", job.Index.ToString()),
            new("SIMUL_COUNT", plan.Jobs.Count.ToString()),
            new("SIMUL_SLOT", slot.ToString()),
            new(OrphanGuard.CookieName, _guard.Cookie),
        ];
        if (job.Item is not null) variables.Add(new("SIMUL_ITEM", job.Item));
        return variables;
    }

    private void TakeReaped()
    {
        while (_reaped.TryDequeue(out var status))
        {
            if (_running.TryGetValue(status.Process, out var child)) child.Exited(status);
            else if (_guard.IsWatchdog(status.Process)) _guard.Restart(_running.Keys, _started);
        }
    }

    private void Stop()
    {
        if (_stopAsked && _stopStamp == 0)
        {
            StopRunning(Interrupt.LastSignal ?? Libc.SigInt);
            foreach (var (job, _) in _waiting) _stopped[job.Index] = true;
        }
        if (_stopStamp != 0 && !_killed && _time.GetElapsedTime(_stopStamp) >= plan.Grace)
        {
            _killed = true;
            foreach (var child in _running.Values) child.Signal(Libc.SigKill);
        }
    }

    private void StopRunning(int signal)
    {
        _stopStamp = _time.GetTimestamp();
        foreach (var child in _running.Values)
        {
            child.Signal(signal);
            _stopped[child.Job.Index] = true;
        }
    }

    private void FinishEnded()
    {
        foreach (var child in _running.Values.Where(c => c.Status is not null).ToList())
        {
            if (!child.IsDrained && !_killed && _time.GetElapsedTime(child.ExitStamp) < s_drainPatience) continue;
            // Its number cannot be another's yet: processes would have to go once round within the patience.
            child.Signal(Libc.SigKill);
            for (int pipe = 0; pipe < 2; pipe++) child.Close(pipe, output);
            _running.Remove(child.Process);
            _freeSlots.Add(child.Slot);
            _live.TryRemove(child.Process, out _);
            _guard.Remove(child.Process);
            if (!PutBack(child)) End(child.Report(), child.Job);
            child.Dispose();
        }
    }

    private void End(RunAttempt attempt, RunJob job)
    {
        log?.Add(attempt);
        parallelLog?.Add(attempt.LogLine);
        _results[job.Index] = attempt;
        if (attempt.Succeeded) _stopped[job.Index] = false;
        if (!attempt.Succeeded && attempt.Attempt <= plan.Retries && !_stopAsked && !_halted)
        {
            _retried++;
            output.Remark(job.Index, $"failed ({attempt.Description}); starting attempt {attempt.Attempt + 1} of {plan.Retries + 1}");
            _waiting.AddLast((job, attempt.Attempt + 1));
            return;
        }
        _finished++;
        if (attempt.Succeeded)
        {
            _succeeded++;
            plan.TimeLimit?.Succeeded(attempt.DurationS);
        }
        else if (!_stopped[job.Index])
        {
            output.Remark(job.Index, $"failed ({attempt.Description})");
        }
        output.Ended(job.Index);
        Halt();
    }

    private unsafe void Poll()
    {
        var owners = new List<(RunChild Child, int Pipe)>();
        foreach (var child in _running.Values)
        {
            for (int pipe = 0; pipe < 2; pipe++)
            {
                if (child.IsOpen(pipe)) owners.Add((child, pipe));
            }
        }
        var entries = new Libc.PollEntry[owners.Count + 1];
        entries[0] = new() { Descriptor = (int)_wakeReader.SafePipeHandle.DangerousGetHandle(), Events = Libc.PollEntry.Readable };
        for (int i = 0; i < owners.Count; i++) entries[i + 1] = new() { Descriptor = owners[i].Child.Descriptor(owners[i].Pipe), Events = Libc.PollEntry.Readable };
        int ready;
        fixed (Libc.PollEntry* start = entries) ready = Libc.Poll(start, (nuint)entries.Length, PollTime());
        if (ready <= 0) return;
        if (entries[0].Results != 0) _ = _wakeReader.Read(_buffer, 0, _buffer.Length); // any number of wakes in one
        for (int i = 0; i < owners.Count; i++)
        {
            if (entries[i + 1].Results != 0) owners[i].Child.Read(owners[i].Pipe, _buffer, output);
        }
    }

    // Until the next thing that happens without a descriptor: the end of a patience or of the grace.
    private int PollTime()
    {
        double least = LongestPoll;
        foreach (var child in _running.Values)
        {
            if (child.Status is not null) least = Math.Min(least, (s_drainPatience - _time.GetElapsedTime(child.ExitStamp)).TotalMilliseconds);
        }
        least = Math.Min(least, UntilLimit());
        if (_stopStamp != 0 && !_killed) least = Math.Min(least, (plan.Grace - _time.GetElapsedTime(_stopStamp)).TotalMilliseconds);
        return (int)Math.Ceiling(Math.Clamp(least, 0, LongestPoll));
    }

    private void Reap(Action wake)
    {
        while (!_done.Task.IsCompleted)
        {
            if (ChildStatus.WaitAny() is not { } status)
            {
                _started.Wait();
                continue;
            }
            _reaped.Enqueue(status);
            try
            {
                wake();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return; // the run is over
            }
        }
    }

    private void KillAll()
    {
        foreach (int process in _live.Keys) _ = Libc.Kill(-process, Libc.SigKill);
    }

    private RunSummary Summary(TimeSpan wall)
    {
        var results = _results.OfType<RunAttempt>().ToList();
        int stopped = _stopped.Count(s => s);
        int succeeded = results.Count(r => r.Succeeded);
        return new RunSummary(plan.Open, succeeded, plan.Open - succeeded - stopped, stopped, _retried, Math.Round(wall.TotalSeconds, 6), results)
        {
            Halted = _halted ? plan.Halt : null,
        };
    }
}
