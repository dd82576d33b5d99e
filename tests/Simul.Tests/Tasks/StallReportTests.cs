namespace Simul.Tests.Tasks;

public class StallReportTests
{
    [Fact]
    public void Stall_TwoLocksInOppositeOrder_NamesTheCircle()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(() => TaskGroup.RunAsync(group =>
        {
            AsyncLock x = new("x"), y = new("y");
            group.Spawn(() => BothAsync(x, y), "A");
            group.Spawn(() => BothAsync(y, x), "B");
            return Task.CompletedTask;
        })));
        string circle = Assert.Single(error.Cycles);
        Assert.Contains("Task 'A' waits for the lock 'y', held by Task 'B'", circle);
        Assert.Contains("Task 'B' waits for the lock 'x', held by Task 'A'", circle);
        Says(error, "circle", circle, "one order");
        Assert.Contains("Task 'main' waits for its children", error.Waits);
    }

    [Fact]
    public void Stall_TasksAwaitEachOther_NamesTheCircle()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(() => TaskGroup.RunAsync(group =>
        {
            LoopTask b = null!;
            var a = group.Spawn(async () => await b, "A");
            b = group.Spawn(async () => await a, "B");
            return Task.CompletedTask;
        })));
        string circle = Assert.Single(error.Cycles);
        Assert.Contains("Task 'A' waits for Task 'B'", circle);
        Assert.Contains("Task 'B' waits for Task 'A'", circle);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stall_TaskAwaitsItself_NamesIt(bool asGreenlet)
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(() => TaskGroup.RunAsync(group =>
        {
            LoopTask me = null!;
            me = group.Spawn(() => asGreenlet ? Greenlet.RunAsync(() => Greenlet.Await(me)) : Itself(), "narcissus");
            return Task.CompletedTask;

            async Task Itself() => await me;
        })));
        Says(error, "Task 'narcissus' waits for Task 'narcissus'");
    }

    [Fact]
    public void Stall_HolderWaitsForItsChildWhoWantsTheLock_NamesTheCircle()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            var gate = new AsyncLock("gate");
            using var hold = await gate.LockAsync();
            await TaskGroup.RunAsync(group =>
            {
                group.Spawn(async () => (await gate.LockAsync()).Dispose(), "child");
                return Task.CompletedTask;
            });
        }));
        Assert.Equal("Task 'main' waits for its children; Task 'child' waits for the lock 'gate', held by Task 'main'", Assert.Single(error.Cycles));
    }

    [Fact]
    public void Stall_WithoutACircle_HasNone()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () => await new Future<int>()));
        Assert.Empty(error.Cycles);
        Assert.Equal(["Task 'main' waits for a future of Int32"], error.Waits);
        Says(error, "never set or released");
    }

    [Fact]
    public void Stall_OverALimiterAndAReaderWriterLock_NamesTheCircle()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(() => TaskGroup.RunAsync(group =>
        {
            var limiter = new CapacityLimiter(1, "tokens");
            var table = new AsyncReaderWriterLock("table");
            group.Spawn(async () =>
            {
                using var token = await limiter.AcquireAsync();
                await EventLoop.Delay(Sec(1));
                using var write = await table.WriteLockAsync();
            }, "A");
            group.Spawn(async () =>
            {
                using var read = await table.ReadLockAsync();
                await EventLoop.Delay(Sec(1));
                using var token = await limiter.AcquireAsync();
            }, "B");
            return Task.CompletedTask;
        })));
        string circle = Assert.Single(error.Cycles);
        Assert.Contains("'A' waits for", circle);
        Assert.Contains("'B' waits for", circle);
    }

    // A chain longer than a stack, that ends where it began.
    [Fact]
    public void Stall_VeryLongCircle_IsFound()
    {
        const int Length = 20_000;
        var error = Assert.Throws<LoopStalledException>(() => Run(() => TaskGroup.RunAsync(group =>
        {
            var tasks = new LoopTask[Length];
            for (int i = 0; i < Length; i++)
            {
                int next = (i + 1) % Length;
                tasks[i] = group.Spawn(async () => await tasks[next]);
            }
            return Task.CompletedTask;
        })));
        Assert.Equal(Length, Assert.Single(error.Cycles).Split("; ").Length);
    }

    // Listening to the BCL's events wraps each continuation; the chain is seen through that.
    [Fact]
    public void Stall_InDebugMode_IsFoundAsWell()
    {
        Assert.Throws<LoopStalledException>(() => Run(OuterAsync, o => o with { Debug = new DebugOptions() }));

        static async Task OuterAsync() => await InnerAsync();
        static async Task InnerAsync() => await new Future<int>();
    }

    private static async Task BothAsync(AsyncLock first, AsyncLock second)
    {
        using (await first.LockAsync())
        {
            await EventLoop.Delay(Sec(1));
            using (await second.LockAsync())
            {
            }
        }
    }
}
