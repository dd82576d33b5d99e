namespace Simul.Tests.Tasks;

public class LoopTaskTests
{
    private static Task Forever() => EventLoop.Delay(Timeout.InfiniteTimeSpan).AsTask();

    [Fact]
    public void Await_GivesTheOutcomeToEveryAwaiter() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            var task = group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                return 8;
            });
            List<int> got = [];
            for (int i = 0; i < 3; i++) group.Spawn(async () => got.Add(await task));
            Assert.Equal(8, await task);
            await ((LoopTask)task);
            await EventLoop.Delay(Sec(1));
            Assert.Equal([8, 8, 8], got);
        });
    });

    [Fact]
    public void Await_Failed_RaisesTheSameException() => Run(async () =>
    {
        var original = new FormatException();
        var task = EventLoop.Current.Spawn(async () =>
        {
            await EventLoop.Delay(Sec(1));
            throw original;
        }, "failing");
        Assert.Same(original, await Raises<FormatException>(async () => await task));
        Assert.Same(original, await Raises<FormatException>(async () => await task));
        Assert.Same(original, task.Error);
        Assert.Equal(LoopTaskStatus.Failed, task.Status);
    });

    [Fact]
    public void Await_Cancelled_RaisesNamingTheTask() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(Forever, "clock hand");
        await EventLoop.Yield();
        task.Cancel("stopped");
        Says(await Raises<OperationCanceledException>(async () => await task), "clock hand", "stopped");
    });

    // Giving up the wait leaves the task alone.
    [Fact]
    public void Await_GivenUp_LeavesTheTaskRunning() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(async () =>
        {
            await EventLoop.Delay(Sec(5));
            return 1;
        });
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await task));
        Assert.Equal(1, await task);
        Assert.Equal(Sec(5), EventLoop.Now);
    });

    [Fact]
    public void WaitAsync_RaisesNoOutcome() => Run(async () =>
    {
        var failed = EventLoop.Current.Spawn(async () =>
        {
            await EventLoop.Delay(Sec(1));
            throw new FormatException();
        });
        await failed.WaitAsync();
        await failed.WaitAsync();
        Assert.Equal(LoopTaskStatus.Failed, failed.Status);
        var cancelled = EventLoop.Current.Spawn(Forever);
        cancelled.Cancel();
        await cancelled.WaitAsync();
        Assert.Equal(LoopTaskStatus.Cancelled, cancelled.Status);
        var running = EventLoop.Current.Spawn(Forever);
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), running.WaitAsync));
    });

    // C2: the end that was granted wins, and it is still no outcome that is raised.
    [Fact]
    public void WaitAsync_TaskFailsAndTheWaiterIsCancelledInTheSameTurn_RaisesNoOutcome() => Run(async () =>
    {
        using var scope = CancelScope.Enter();
        var failing = EventLoop.Current.Spawn(async () =>
        {
            await EventLoop.Delay(Sec(1));
            scope.Cancel("at the same time");
            throw new FormatException();
        });
        var ending = EventLoop.Current.Spawn(async () =>
        {
            await EventLoop.Delay(Sec(1));
            throw new FormatException();
        });
        try
        {
            await ending.WaitAsync();
        }
        catch (OperationCanceledException)
        {
        }
        Assert.NotNull(failing.Error);
    }, o => o with { UnhandledError = _ => { } });

    [Fact]
    public void WaitAsync_OutcomeGrantedThenCancelled_RaisesNoOutcome() => Run(async () =>
    {
        using var scope = CancelScope.Enter();
        var failing = EventLoop.Current.Spawn(async () =>
        {
            await EventLoop.Delay(Sec(1));
            EventLoop.Current.CallSoon(() => { });
            throw new FormatException();
        });
        // Runs in the turn in which the waiter is resumed, before it.
        EventLoop.Current.CallLater(Sec(1), () => EventLoop.Current.CallSoon(() => scope.Cancel()));
        try
        {
            await failing.WaitAsync();
        }
        catch (OperationCanceledException)
        {
        }
        Assert.Equal(LoopTaskStatus.Failed, failing.Status);
    });

    [Fact]
    public void Result_BeforeTheEnd_Throws() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(async () =>
        {
            await Forever();
            return 1;
        }, "slow");
        Says(Assert.Throws<InvalidOperationException>(() => task.Result), "slow", "Scheduled");
        await Settle();
        Assert.Equal(LoopTaskStatus.Running, task.Status);
    });

    [Fact]
    public void Body_ReturnsNull_FailsNamingTheTask() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(() => null!, "empty");
        Says(await Raises<InvalidOperationException>(async () => await task), "empty", "no task");
        var typed = EventLoop.Current.Spawn<int>(() => null!, "empty too");
        Says(await Raises<InvalidOperationException>(async () => await typed), "empty too", "no task");
    });

    [Fact]
    public void Spawn_NullBody_Throws() => Run(() => TaskGroup.RunAsync(group =>
    {
        Assert.Throws<ArgumentNullException>(() => group.Spawn((Func<Task>)null!));
        Assert.Throws<ArgumentNullException>(() => group.Spawn((Func<Task<int>>)null!));
        Assert.Throws<ArgumentNullException>(() => group.Spawn((Func<int, Task>)null!, 1));
        Assert.Throws<ArgumentNullException>(() => group.StartNow(null!));
        Assert.Throws<ArgumentNullException>(() => { _ = TaskGroup.RunAsync((Func<TaskGroup, Task>)null!); });
        Assert.Equal(0, group.CurrentChildren);
        return Task.CompletedTask;
    }));

    [Fact]
    public void Cancel_AfterTheEnd_HasNoEffect() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(() => Task.CompletedTask);
        await task;
        task.Cancel();
        Assert.False(task.IsCancelled);
        Assert.Equal(LoopTaskStatus.Succeeded, task.Status);
    });

    [Fact]
    public void Awaited_OffItsLoop_Throws() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(async () =>
        {
            await EventLoop.Delay(Sec(1));
            return 3;
        }, "mine");
        await Task.Run(Refused);
        await Task.Run(() => Run(Refused));
        Assert.Equal(3, await task);

        async Task Refused()
        {
            await Raises<LoopAffinityException>(async () => await task);
            await Raises<LoopAffinityException>(async () => await (LoopTask)task);
            await Raises<LoopAffinityException>(task.WaitAsync);
            await Raises<LoopAffinityException>(() => EventLoop.WaitAsync([task]));
        }
    });

    // L4
    [Fact]
    public void PoolContinuation_IsStillPartOfTheTask() => Run(async () =>
    {
        bool end = false, started = false;
        var suspended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new ManualResetEventSlim();
        var task = EventLoop.Current.Spawn(async () =>
        {
            started = true;
            await suspended.Task.ConfigureAwait(false);
            Assert.Null(EventLoop.CurrentOrNull);
            gate.Wait();
            end = true;
        });
        while (!started) await EventLoop.Yield(); // whatever the order of the turns, it waits once it has started
        suspended.SetResult();
        for (int i = 0; i < 1000; i++) await EventLoop.Yield();
        Assert.Equal(LoopTaskStatus.Running, task.Status);
        gate.Set();
        await task;
        Assert.True(end);
    });

    // L1: what one task completes never runs another's code on its stack.
    [Fact]
    public void Completion_OfAForeignTask_DoesNotRunTheAwaiterInline() => Run(async () =>
    {
        var source = new TaskCompletionSource();
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                await source.Task;
                log.Add("awaiter");
            });
            await EventLoop.Yield();
            source.SetResult();
            log.Add("setter");
        });
        Assert.Equal(["setter", "awaiter"], log);
    });

    // The budget: an always-ready wait gives up the turn at times.
    [Fact]
    [FifoOrder]
    public void AlwaysReadyWaits_DoNotStarveTheOthers() => Run(async () =>
    {
        bool other = false;
        EventLoop.Current.CallSoon(() => other = true);
        var gate = new AsyncLock();
        int rounds = 0;
        while (!other)
        {
            using (await gate.LockAsync()) rounds++;
            Assert.InRange(rounds, 0, 200);
        }
        other = false;
        EventLoop.Current.CallSoon(() => other = true);
        var future = new Future<int>();
        future.SetResult(1);
        rounds = 0;
        while (!other)
        {
            await future;
            Assert.InRange(++rounds, 0, 200);
        }
    });

    // Failures of submitted and spawned tasks are handed on, not kept for the loop's life.
    [Fact]
    [Seeds(100)]
    public void FailedTasks_AreNotKeptByTheLoop() => Run(async () =>
    {
        var loop = EventLoop.Current;
        var error = await FailAndForget(loop);
        await EventLoop.Yield();
        for (int i = 0; i < 10 && error.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await EventLoop.Yield();
        }
        Assert.False(error.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static async Task<WeakReference> FailAndForget(EventLoop loop)
        {
            try
            {
                await loop.Spawn(async () =>
                {
                    await EventLoop.Yield();
                    throw new FormatException();
                });
            }
            catch (FormatException error)
            {
                return new WeakReference(error);
            }
            throw new InvalidOperationException();
        }
    });

    // A38; C2
    [Fact]
    [FifoOrder]
    public void Await_TaskEndsAndTheWaiterIsCancelledInTheSameTurn_TheResultWins() => Run(async () =>
    {
        var go = new Future<int>();
        var task = EventLoop.Current.Spawn(async () => await go);
        await TaskGroup.RunAsync(async group =>
        {
            int got = 0;
            var waiter = group.Spawn(async () =>
            {
                got = await task;
                await EventLoop.Yield();
            });
            await Settle();
            go.SetResult(4);
            EventLoop.Current.CallSoon(() =>
            {
                Assert.True(task.IsCompleted);
                waiter.Cancel();
            });
            await waiter.WaitAsync();
            Assert.Equal((4, LoopTaskStatus.Cancelled), (got, waiter.Status));
        });
    });

    // C2: the time had passed.
    [Fact]
    public void Delay_EndsAndIsCancelledInTheSameTurn_HasEnded() => Run(async () =>
    {
        bool passed = false;
        LoopTask sleeper = null!;
        EventLoop.Current.CallLater(Sec(1), () => sleeper.Cancel());
        sleeper = EventLoop.Current.Spawn(async () =>
        {
            await EventLoop.DelayUntil(Sec(1));
            passed = true;
            await EventLoop.Yield();
        });
        await sleeper.WaitAsync();
        Assert.True(passed);
        Assert.Equal(LoopTaskStatus.Cancelled, sleeper.Status);
    });
}
