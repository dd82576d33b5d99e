namespace Simul.Tests.Suspension;

public class GreenletTests
{
    [Fact]
    public void Await_InsideASortsComparer_Waits() => Run(async () =>
    {
        List<int> numbers = [5, 3, 9, 1, 7, 2, 8];
        int compared = 0;
        bool other = false;
        EventLoop.Current.CallLater(TimeSpan.FromMilliseconds(1500), () => other = true);
        await Greenlet.RunAsync(() => numbers.Sort((a, b) =>
        {
            compared++;
            Greenlet.Delay(Sec(1));
            return a - b;
        }));
        Assert.Equal([1, 2, 3, 5, 7, 8, 9], numbers);
        Assert.Equal(Sec(compared), EventLoop.Now);
        Assert.True(other);
    });

    [Fact]
    public void Await_OutsideAGreenlet_Throws() => Run(async () =>
    {
        Assert.False(Greenlet.IsCurrent);
        Says(Assert.Throws<InvalidOperationException>(() => Greenlet.Await(new TaskCompletionSource().Task)), "Greenlet.RunAsync");
        Assert.Equal(4, Greenlet.Await(Task.FromResult(4))); // nothing to wait for
        await Greenlet.RunAsync(() => Assert.True(Greenlet.IsCurrent));
        Assert.Throws<InvalidOperationException>(() => Greenlet.Delay(Sec(1)));
        Assert.False(Greenlet.IsCurrent);
    });

    [Fact]
    public void RunAsync_OffTheLoop_Throws() => Assert.Throws<LoopAffinityException>(() => { _ = Greenlet.RunAsync(() => { }); });

    [Fact]
    [Seeds(5)]
    public void TwoHundred_Parked_AllGoOn() => Run(async () =>
    {
        int inside = 0, ended = 0;
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 200; i++)
            {
                group.Spawn(() => Greenlet.RunAsync(() =>
                {
                    inside++;
                    Greenlet.Delay(Sec(60));
                    ended++;
                }));
            }
            await EventLoop.Delay(Sec(30));
            Assert.Equal(200, inside);
            Assert.Equal(0, ended);
        });
        Assert.Equal(200, ended);
        Assert.Equal(Sec(60), EventLoop.Now);
    });

    // The stacks are kept: one after the other use one thread.
    [Fact]
    public void OneAfterTheOther_UseTheSameThread() => Run(async () =>
    {
        HashSet<int> threads = [];
        for (int i = 0; i < 20; i++) await Greenlet.RunAsync(() => threads.Add(Environment.CurrentManagedThreadId));
        Assert.Single(threads);
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
    });

    // Exactly one of loop and greenlets runs at a time.
    [Fact]
    [Seeds(100)]
    public void Baton_NeverTwoAtATime() => Run(() => TaskGroup.RunAsync(group =>
    {
        int running = 0;
        void Once()
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            Thread.SpinWait(50);
            Interlocked.Decrement(ref running);
        }
        for (int i = 0; i < 8; i++)
        {
            group.Spawn(() => Greenlet.RunAsync(() =>
            {
                for (int n = 0; n < 50; n++)
                {
                    Once();
                    Greenlet.Yield();
                }
            }));
            group.Spawn(async () =>
            {
                for (int n = 0; n < 50; n++)
                {
                    Once();
                    await EventLoop.Yield();
                }
            });
        }
        return Task.CompletedTask;
    }));

    [Fact]
    public void Greenlet_IsLoopCode_WithItsTaskScopeAndContext() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 5 };
        var me = EventLoop.CurrentTask;
        var loop = EventLoop.Current;
        await Greenlet.RunAsync(() =>
        {
            Assert.Same(me, EventLoop.CurrentTask);
            Assert.Same(loop, EventLoop.Current);
            Assert.Equal(5, local.Value);
            local.Value = 6;
            using (var scope = CancelScope.Enter(Sec(1)))
            {
                Assert.Throws<OperationCanceledException>(() => Greenlet.Delay(Sec(5)));
                Assert.True(scope.IsTimedOut);
            }
            Greenlet.Delay(Sec(1));
            Assert.Equal(6, local.Value);
            Assert.Same(me, EventLoop.CurrentTask);
        });
        Assert.Equal(5, local.Value);
        Assert.Equal(Sec(2), EventLoop.Now);
    });

    [Fact]
    public void Greenlet_InAGreenlet_Runs() => Run(async () =>
    {
        List<string> log = [];
        await Greenlet.RunAsync(() =>
        {
            var inner = Greenlet.RunAsync(() =>
            {
                log.Add("inner");
                Greenlet.Delay(Sec(1));
                log.Add("inner end");
            });
            log.Add("outer");
            Greenlet.Await(inner);
            log.Add("outer end");
        });
        Assert.Equal(["inner", "outer", "inner end", "outer end"], log);
    });

    [Fact]
    public void Await_ForeignWork_ComesBackToTheGreenlet() => Run(async () =>
    {
        int thread = 0;
        Assert.Equal(9, await Greenlet.RunAsync(() =>
        {
            thread = Environment.CurrentManagedThreadId;
            int result = Greenlet.Await(Task.Run(() => 9));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            Assert.Throws<FormatException>(() => Greenlet.Await(Task.Run(() => throw new FormatException())));
            return result;
        }));
    });

    [Fact]
    public void SyncOverAsync_Library_CanBeCalled() => Run(async () =>
    {
        var gate = new AsyncLock();
        var hold = await gate.LockAsync();
        EventLoop.Current.CallLater(Sec(3), hold.Dispose);
        // A synchronous visitor at any depth.
        int depth = await Greenlet.RunAsync(() => Visit(20));
        Assert.Equal(20, depth);

        int Visit(int left)
        {
            if (left > 0) return 1 + Visit(left - 1);
            using (Greenlet.Await(gate.LockAsync())) Greenlet.Yield();
            return 0;
        }
    });

    [Fact]
    public void Nested_Run_InAGreenlet_Throws() => Run(() => Greenlet.RunAsync(() =>
        Says(Assert.Throws<InvalidOperationException>(() => EventLoop.Run(() => Task.CompletedTask)), "do not nest")));
}
