namespace Simul.Processes.Tests.Sharing;

// Uses everything at once, as fast as it can, until it is killed.
internal static class DeathProgram
{
    internal static int Run(string[] arguments)
    {
        var things = new DeathThings(arguments[0]);
        var threads = new List<Thread>
        {
            new(() => Repeat(things.CountUnderLock)),
            new(() => Repeat(() => things.Value.Update(p => new(p.Plus + 1, p.Minus - 1, p.Odd + 1)))),
            new(() => Repeat(() => things.Semaphore.Wait(SharedJobs.Limit).Dispose())),
            new(() => Repeat(() => things.ToWorker.Take(SharedJobs.Limit))),
        };
        int next = 0;
        threads.Add(new(() => Repeat(() => things.FromWorker.Put([.. Enumerable.Repeat(next++, 40)], SharedJobs.Limit))));
        foreach (var thread in threads) thread.Start();
        things.Ready.Set();
        foreach (var thread in threads) thread.Join();
        return 0;
    }

    private static void Repeat(Action action)
    {
        while (true) action();
    }
}

// By name: the processes have nothing to do with each other.
internal sealed class DeathThings : IDisposable
{
    private readonly List<SharedObject> _all = [];

    public DeathThings(string name)
    {
        Gate = Add(ProcessLock.Open(name + "-gate"));
        Counts = Add(SharedArray<long>.Open(name + "-counts", 2));
        Value = Add(SharedValue<SharedJobs.Pair>.Open(name + "-value"));
        Semaphore = Add(ProcessSemaphore.Open(name + "-semaphore", 2));
        FromWorker = Add(ProcessQueue<int[]>.Open(name + "-from", capacity: 20, bytes: 3000));
        ToWorker = Add(ProcessQueue<int>.Open(name + "-to", capacity: 20));
        Ready = Add(ProcessEvent.Open(name + "-ready"));
    }

    public ProcessLock Gate { get; }

    public SharedArray<long> Counts { get; }

    public SharedValue<SharedJobs.Pair> Value { get; }

    public ProcessSemaphore Semaphore { get; }

    public ProcessQueue<int[]> FromWorker { get; }

    public ProcessQueue<int> ToWorker { get; }

    public ProcessEvent Ready { get; }

    public void CountUnderLock()
    {
        using var hold = Gate.Lock(SharedJobs.Limit);
        Counts[0]++;
        Thread.SpinWait(300);
        Counts[1]++;
    }

    // As one who repairs what he finds half done, and may find it so only when he is told.
    public void CountUnderLockCarefully(ref int abandoned, ref int halfDone)
    {
        using var hold = Gate.Lock(SharedJobs.Limit);
        if (hold.WasAbandoned)
        {
            abandoned++;
            if (Counts[0] != Counts[1]) halfDone++;
            Counts[1] = Counts[0];
        }
        Assert.Equal(Counts[0], Counts[1]);
        Counts[0]++;
        Counts[1]++;
    }

    public void Dispose() => _all.ForEach(s => s.Dispose());

    private T Add<T>(T shared)
        where T : SharedObject
    {
        _all.Add(shared);
        return shared;
    }
}
