namespace Simul.Cli.Jobs;

// Feeds a host and takes its answers until every item has ended, the user interrupts, the host dies, or it is stuck.
//
// Bounds: at most the host's window of items is under way; retries go before new items.
// Stuck: with a time limit, every item that runs must end within it. When nothing at all is heard for longer, code that
// heeds no token holds all the workers of an engine that cannot kill (loop, threads, sync); waiting on would be for ever.
//
// Limits of the run itself are in JobRun.Limits.
internal sealed partial class JobRun(JobHostProcess host, JobAssembly assembly, JobPlan plan, IJobListener listener, TimeProvider clock)
{
    // The process engine needs time of its own to kill a worker and start the next.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_killingPatience = TimeSpan.FromSeconds(20);

    // After Ctrl+C: what runs may end and be written, for so long.
    private static readonly TimeSpan s_interruptPatience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<int, ItemUnderWay> _underWay = [];
    private readonly Queue<(int Index, int Attempt)> _again = new();
    private JobReady? _ready;
    private Task<bool>? _reading; // a wait for replies that outlives one turn
    private long _heard;          // when something last came

    public JobReady Ready => _ready ?? throw new InvalidOperationException("The job has not been opened.");

    // Null when all is well, else how the host ended.
    public async Task<JobEnd?> OpenAsync(CancellationToken token)
    {
        host.Send(new OpenJob(assembly.Path, plan.Method, plan.Engine, plan.Workers, plan.Timeout?.TotalSeconds, plan.Inputs[0], TellProcessIds: plan.Memory is not null));
        while (await host.Replies.WaitToReadAsync(token))
        {
            while (host.Replies.TryRead(out var reply))
            {
                if (reply is JobRefused refused) throw new UsageException(refused.Message);
                if (reply is not JobReady ready) continue;
                _ready = ready;
                return null;
            }
        }
        return await HostEndedAsync();
    }

    public async Task<JobEnd> RunAsync(IEnumerable<int> items, CancellationToken token)
    {
        using var source = items.GetEnumerator();
        bool more = true;
        bool ended = false;
        _total = items.TryGetNonEnumeratedCount(out int count) ? count : plan.Inputs.Count;
        _heard = clock.GetTimestamp();
        while (true)
        {
            if (token.IsCancellationRequested) return await InterruptAsync(halted: null);
            if (_halted && plan.Halt.When == HaltWhen.Now) return await InterruptAsync(plan.Halt);
            JudgeMemory();
            while (_underWay.Count < Window && MayStart(more) && Next(source, ref more) is var (index, attempt))
            {
                _underWay.Add(index, new ItemUnderWay(attempt));
                _heard = clock.GetTimestamp(); // its time begins now, however long the run has waited for memory
                host.Send(new RunItem(index, plan.Inputs[index]));
            }
            if ((_halted || (!more && _again.Count == 0)) && _underWay.Count == 0 && !ended)
            {
                host.Send(new EndOfItems());
                ended = true;
            }
            try
            {
                if (!await WaitAsync(Sooner(Patience), token)) return await HostEndedAsync();
            }
            catch (TimeoutException)
            {
                if (Patience is { } patience && clock.GetElapsedTime(_heard) >= patience) return Stuck();
                continue;
            }
            catch (OperationCanceledException)
            {
                continue;
            }
            _heard = clock.GetTimestamp();
            while (host.Replies.TryRead(out var reply))
                if (Take(reply) is { } done) return new JobEnd(false, null, done, _halted ? plan.Halt : null);
        }
    }

    private TimeSpan? Patience => _underWay.Count == 0 || plan.Timeout is not { } limit ? null : limit + (plan.Engine == "processes" ? s_killingPatience : s_patience);

    // Inline attempt numbers: the first is 1.
    private (int Index, int Attempt)? Next(IEnumerator<int> source, ref bool more)
    {
        if (_again.TryDequeue(out var retry)) return retry;
        more = more && source.MoveNext();
        return more ? (source.Current, 1) : null;
    }

    private JobDone? Take(JobReply reply)
    {
        switch (reply)
        {
            case ItemStarted started when _underWay.TryGetValue(started.Index, out var known):
                _underWay[started.Index] = known with { Worker = started.Worker, ProcessId = started.ProcessId, Began = clock.GetUtcNow(), Since = clock.GetTimestamp() };
                listener.Started(started);
                break;
            case ItemEnded ended when _underWay.Remove(ended.Index, out var known):
                if (!PutBack(ref ended, known)) End(ended, known);
                break;
            case JobDone done:
                return done;
        }
        return null;
    }

    private void End(ItemEnded ended, ItemUnderWay known)
    {
        listener.Attempted(ended, known);
        if (ended is { Failed: true, Final: false } && known.Attempt <= plan.Retries && !_halted)
        {
            _again.Enqueue((ended.Index, known.Attempt + 1));
            return;
        }
        listener.Ended(ended, known.Attempt);
        Count(ended.Failed);
    }

    // True: there is something to read. False: the host has closed its end.
    private async Task<bool> WaitAsync(TimeSpan? patience, CancellationToken token)
    {
        var reading = _reading ??= host.Replies.WaitToReadAsync(token).AsTask();
        try
        {
            return patience is { } limit ? await reading.WaitAsync(limit, clock, CancellationToken.None) : await reading;
        }
        finally
        {
            if (reading.IsCompleted) _reading = null;
        }
    }

    private async Task<JobEnd> InterruptAsync(HaltPolicy? halted)
    {
        host.Send(new GiveUp());
        host.Send(new EndOfItems());
        _again.Clear();
        using var limit = new CancellationTokenSource(s_interruptPatience, clock);
        try
        {
            bool done = false;
            while (!done && await host.Replies.WaitToReadAsync(limit.Token))
            {
                while (!done && host.Replies.TryRead(out var reply))
                {
                    // What fails now may fail because it was told to stop: it will be run again.
                    if (reply is ItemEnded { Failed: true } failed) _underWay.Remove(failed.Index);
                    else done = Take(reply) is not null;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Somebody does not listen; the items it holds have no outcome.
        }
        host.Kill();
        return new JobEnd(halted is null, null, null, halted);
    }

    private JobEnd Stuck()
    {
        string held = Names(_underWay.Where(pair => pair.Value.Worker is not null).Select(pair => pair.Key));
        host.Kill();
        return new JobEnd(false, $"The {plan.Engine} engine is stuck: {(held.Length > 0 ? held : "an earlier item")} ran past the time limit of {plan.Timeout!.Value.TotalSeconds:0.###} s and does not heed its CancellationToken. Only --engine processes can stop such a method and go on.", null);
    }

    private async Task<JobEnd> HostEndedAsync()
    {
        int code = await host.WaitForExitAsync(TimeSpan.FromSeconds(5));
        await host.ReadOutputAsync();
        if (_ready is null) return new JobEnd(false, $"The host process for {Path.GetFileName(assembly.Path)} did not start ({ExitReason.Of(code)}); the lines above say why.", null);
        string running = Names(_underWay.Where(pair => pair.Value.Worker is not null).Select(pair => pair.Key));
        string mend = plan.Engine == "processes"
            ? "That is the process that hands out the work, not a worker; nothing in an item should reach it."
            : $"On the {plan.Engine} engine all items share one process; with --engine processes only the item that does it fails.";
        return new JobEnd(false, $"The host process ended while {(running.Length > 0 ? running + " ran" : "no item ran")} ({ExitReason.Of(code)}). {mend}", null);
    }

    private string Names(IEnumerable<int> items)
    {
        var sorted = items.Order().ToList();
        if (sorted.Count == 0) return "";
        string shown = string.Join(", ", sorted.Take(3).Select(i => $"{i} ('{Host.BoundMethod.Shown(plan.Inputs[i])}')"));
        return $"item{(sorted.Count > 1 ? "s" : "")} {shown}{(sorted.Count > 3 ? $" and {sorted.Count - 3} more" : "")}";
    }
}
