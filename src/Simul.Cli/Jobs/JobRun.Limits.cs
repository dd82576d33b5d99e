namespace Simul.Cli.Jobs;

// What the run itself sets bounds to: when all is over, and memory.
//
// An item cannot be called back once the host has it, so with a bound no more is handed over than begins at once.
internal sealed partial class JobRun
{
    private readonly Dictionary<int, string?> _condemned = []; // items whose worker was killed, and why; null: to be put back
    private readonly HashSet<int> _killed = [];                // the processes of those workers
    private int _total;
    private int _succeeded;
    private int _failed;
    private bool _halted;      // set once
    private bool _saidWaiting; // for memory, since something last began

    private int Window => plan.Memory is null && plan.Halt.When == HaltWhen.Never ? Ready.Window : plan.Engine switch
    {
        "processes" when Ready.Asynchronous => Ready.Window,
        "loop" when !Ready.Asynchronous => 1,
        _ => Ready.Workers,
    };

    private bool MayStart(bool more)
    {
        if (_halted) return false;
        if (plan.Memory is not { MayStart: false } memory)
        {
            _saidWaiting = false;
            return true;
        }
        if (_underWay.Count == 0 && !_saidWaiting && (more || _again.Count > 0))
        {
            _saidWaiting = true;
            listener.Remark(memory.Waiting);
        }
        return false;
    }

    // Memory is looked at in between, whether or not something is heard.
    private TimeSpan? Sooner(TimeSpan? patience) =>
        plan.Memory is null || (patience is { } limit && limit < MemoryGuard.Period) ? patience : MemoryGuard.Period;

    private void Count(bool failed)
    {
        if (failed) _failed++;
        else _succeeded++;
        if (_halted || !plan.Halt.IsReached(_succeeded, _failed, _total)) return;
        _halted = true;
        _again.Clear();
    }

    private void JudgeMemory()
    {
        if (plan.Memory is not { } memory || !memory.IsTimeToJudge()) return;
        foreach (var (index, item) in _underWay)
        {
            if (item.ProcessId is { } process && !_condemned.ContainsKey(index) && memory.Verdict(process) is { } verdict) Kill(index, process, verdict);
        }
        if (!memory.MustShed) return;
        // One after the other: what the last one held is seen only when it has gone.
        var living = _underWay.Where(pair => pair.Value.ProcessId is not null).ToList();
        if (living.Count < 2 || living.Exists(pair => _condemned.ContainsKey(pair.Key))) return;
        var (youngest, its) = living.MaxBy(pair => pair.Value.Since);
        listener.Remark($"item {youngest} stopped, since less than half of --memory-free is left; it will run again");
        Kill(youngest, its.ProcessId!.Value, null);
    }

    // The worker with what it started; each worker is a process group.
    private void Kill(int index, int process, string? verdict)
    {
        _condemned[index] = verdict;
        _killed.Add(process);
        _ = Libc.Kill(-process, Libc.SigKill);
    }

    // The end of an item whose worker we killed: its failure in our words, or none at all. Also of one that the worker had taken
    // up in the last moment, in place of the one that was meant.
    private bool PutBack(ref ItemEnded ended, ItemUnderWay known)
    {
        bool condemned = _condemned.Remove(ended.Index, out string? verdict);
        if (ended.ErrorType != typeof(WorkerCrashedException).FullName || known.ProcessId is not { } process || !_killed.Remove(process)) return false;
        if (condemned && verdict is not null)
        {
            ended = ended with { ErrorType = typeof(InsufficientMemoryException).FullName, ErrorMessage = verdict };
            return false;
        }
        if (!_halted) _again.Enqueue((ended.Index, known.Attempt));
        return true;
    }
}
