namespace Simul.Processes.Tests;

public abstract class VirtualTimeTests(Way way) : PoolTests(way)
{
    [Fact]
    public async Task VirtualTime_24ItemsOf30SleepsOn24Workers_TakeHalfAnHour()
    {
        var clock = new VirtualTimeProvider();
        await using var pool = Open(new ProcessExecutorOptions { Workers = 24, Clock = clock });
        var tasks = new List<Task<double>>();
        using (clock.Join("test"))
        {
            for (int i = 0; i < 24; i++) tasks.Add(pool.SubmitAsync(Jobs.SleepVirtually, (30, 60.0)));
        }
        Assert.All(await Task.WhenAll(tasks), seconds => Assert.Equal(1800, seconds));
        Assert.Equal(TimeSpan.FromSeconds(1800), clock.Elapsed);
    }

    [Fact]
    public async Task VirtualTime_MoreItemsThanWorkers_TakeTurns()
    {
        var clock = new VirtualTimeProvider();
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2, Clock = clock });
        var tasks = new List<Task<double>>();
        using (clock.Join("test"))
        {
            for (int i = 0; i < 10; i++) tasks.Add(pool.SubmitAsync(Jobs.SleepVirtually, (2, 60.0)));
        }
        await Task.WhenAll(tasks);
        Assert.Equal(TimeSpan.FromSeconds(600), clock.Elapsed);
    }

    [Fact]
    public async Task VirtualTime_DifferentSleeps_KeepTheirOrder()
    {
        var clock = new VirtualTimeProvider();
        var observer = new Ends();
        await using var pool = Open(new ProcessExecutorOptions { Workers = 3, Clock = clock, Observer = observer });
        var tasks = new List<Task>();
        using (clock.Join("test"))
        {
            foreach (double seconds in (double[])[30, 10, 20])
                tasks.Add(pool.SubmitAsync(Jobs.SleepVirtually, (3, seconds), new WorkOptions { Name = $"{seconds}" }));
        }
        await Task.WhenAll(tasks);
        Assert.Equal(["10 at 30", "20 at 60", "30 at 90"], observer.Seen);
    }

    [Fact]
    public async Task VirtualTime_TimeLimit_EndsASleepAtItsMoment()
    {
        var clock = new VirtualTimeProvider();
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, Clock = clock });
        await Assert.ThrowsAsync<TimeoutException>(() => pool.SubmitAsync(
            () =>
            {
                WorkContext.Current!.Clock.Sleep(TimeSpan.FromHours(1), WorkContext.Current.CancellationToken);
                return 0;
            },
            new WorkOptions { Timeout = TimeSpan.FromMinutes(5) }));
        Assert.Equal(TimeSpan.FromMinutes(5), clock.Elapsed);
    }

    [Fact]
    public async Task VirtualTime_ADeadWorkersSleep_DoesNotHoldTheClock()
    {
        var clock = new VirtualTimeProvider();
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2, Clock = clock, OutputHandler = _ => { } });
        var tasks = new List<Task>();
        using (clock.Join("test"))
        {
            tasks.Add(pool.SubmitAsync(Jobs.SleepVirtually, (2, 60.0)));
            tasks.Add(pool.SubmitAsync(() =>
            {
                WorkContext.Current!.Clock.Sleep(TimeSpan.FromSeconds(30));
                return Jobs.Exit(1);
            }));
        }
        await tasks[0];
        await Assert.ThrowsAsync<WorkerCrashedException>(() => tasks[1]);
        Assert.Equal(TimeSpan.FromSeconds(120), clock.Elapsed);
    }

    [Fact]
    public async Task ScaledTime_WorkersClockRunsAtTheSameSpeed()
    {
        var clock = new ScaledTimeProvider(1000);
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, Clock = clock });
        double slept = await pool.SubmitAsync(Jobs.SleepVirtually, (1, 60.0));
        Assert.InRange(slept, 60, 60 + 3000);
    }

    private sealed class Ends : WorkObserver
    {
        public List<string> Seen { get; } = [];

        public override void Ended(in WorkEvent work, WorkEnd outcome)
        {
            lock (Seen) Seen.Add($"{work.Name} at {work.Time.TotalSeconds}");
        }
    }
}

public sealed class SharedMemoryVirtualTimeTests() : VirtualTimeTests(Way.SharedMemory);

public sealed class SocketVirtualTimeTests() : VirtualTimeTests(Way.Sockets);
