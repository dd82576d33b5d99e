namespace Simul.Cli;

// What the run itself sets bounds to: the pace of starts, the time and the memory of a command, the memory of the machine, and
// when all is over. All on the supervisor's thread.
internal sealed partial class RunSupervisor
{
    private long? _lastStart;
    private bool _halted;         // nothing new begins; set once
    private bool _saidWaiting;    // for memory, since something last began

    // Milliseconds until the next command may be started; infinite where only the end of another can make it so.
    private double UntilStart()
    {
        if (_waiting.Count == 0 || _running.Count >= plan.Parallel || _stopAsked || _halted) return double.PositiveInfinity;
        if (_lastStart is { } last && plan.Delay - _time.GetElapsedTime(last) is var pause && pause > TimeSpan.Zero) return pause.TotalMilliseconds;
        if (plan.Memory is not { MayStart: false } memory)
        {
            _saidWaiting = false;
            return 0;
        }
        if (_running.Count == 0 && !_saidWaiting)
        {
            _saidWaiting = true;
            output.Remark(memory.Waiting);
        }
        return MemoryGuard.Period.TotalMilliseconds;
    }

    private void Judge()
    {
        if (plan.TimeLimit?.Current is { } limit)
        {
            foreach (var child in _running.Values)
            {
                if (_time.GetElapsedTime(child.StartStamp) >= limit) child.Condemn(new($"ran past its time limit of {DurationText.Of(limit)}"), Libc.SigTerm);
            }
        }
        if (plan.Memory is { } memory && memory.IsTimeToJudge()) JudgeMemory(memory);
        // Who was asked and does not go.
        foreach (var child in _running.Values)
        {
            if (child is { Condemned: not null, CondemnedKilled: false, Status: null } && _time.GetElapsedTime(child.CondemnedStamp) >= plan.Grace) child.KillCondemned();
        }
    }

    private void JudgeMemory(MemoryGuard memory)
    {
        foreach (var child in _running.Values)
        {
            // At once: what grows past its limit may not be there to ask in a moment.
            if (child.Status is null && memory.Verdict(child.Process) is { } verdict) child.Condemn(new(verdict), Libc.SigKill);
        }
        if (!memory.MustShed) return;
        // One after the other: what the last one held is seen only when it has gone.
        var living = _running.Values.Where(c => c.Status is null).ToList();
        if (living.Count > 1 && living.TrueForAll(c => c.Condemned is null))
            living.MaxBy(c => c.StartStamp)!.Condemn(new("stopped, since less than half of --memory-free is left; it will run again", PutBack: true), Libc.SigTerm);
    }

    // True when the command was taken out to make room, and waits for its next turn.
    private bool PutBack(RunChild child)
    {
        if (child is not { Condemned: { PutBack: true } why, Status.Succeeded: false } || _stopAsked || _halted) return false;
        output.Remark(child.Job.Index, why.Reason);
        output.Forget(child.Job.Index);
        _waiting.AddFirst((child.Job, child.Attempt));
        return true;
    }

    // After each end: is the run over?
    private void Halt()
    {
        if (_halted || !plan.Halt.IsReached(_succeeded, _finished - _succeeded, plan.Open)) return;
        _halted = true;
        foreach (var (job, _) in _waiting) _stopped[job.Index] = true;
        output.Remark($"--halt {plan.Halt.Text} is reached; {_waiting.Count} not started{(plan.Halt.When == HaltWhen.Now ? $", {_running.Count} stopped" : "")}");
        _waiting.Clear();
        if (plan.Halt.When == HaltWhen.Now && _stopStamp == 0) StopRunning(Libc.SigTerm);
    }

    // Milliseconds until the next limit is looked at.
    private double UntilLimit()
    {
        double least = UntilStart();
        if (plan.Memory is not null && _running.Count > 0) least = Math.Min(least, MemoryGuard.Period.TotalMilliseconds);
        var limit = plan.TimeLimit?.Current;
        foreach (var child in _running.Values)
        {
            if (child.Status is not null) continue;
            if (child is { Condemned: not null, CondemnedKilled: false }) least = Math.Min(least, (plan.Grace - _time.GetElapsedTime(child.CondemnedStamp)).TotalMilliseconds);
            else if (child.Condemned is null && limit is { } time) least = Math.Min(least, (time - _time.GetElapsedTime(child.StartStamp)).TotalMilliseconds);
        }
        return least;
    }
}
