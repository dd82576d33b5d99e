namespace Simul.Tests.Loop;

// What comes in from other threads: A8, A11; and what flows with it: L12.
public class PostTests
{
    // A8: a time limit on a submission cancels the coroutine.
    [Fact]
    public void SubmitAsync_ItsTokenTimesOut_CancelsTheCoroutine() => Run(async () =>
    {
        var loop = EventLoop.Current;
        using var limit = new CancellationTokenSource(Sec(2), loop.TimeProvider);
        bool unwound = false;
        var submitted = loop.SubmitAsync(async () =>
        {
            try
            {
                await EventLoop.Delay(Sec(100));
            }
            finally
            {
                unwound = true;
            }
        }, limit.Token);
        var error = await Raises<OperationCanceledException>(() => submitted);
        Assert.Equal(limit.Token, error.CancellationToken);
        Assert.True(unwound);
        Assert.Equal(Sec(2), EventLoop.Now);
    });

    // A8: to give up the wait is not to cancel the coroutine.
    [Fact]
    public void SubmitAsync_TheWaitTimesOut_TheCoroutineGoesOn() => Run(async () =>
    {
        var loop = EventLoop.Current;
        var submitted = loop.SubmitAsync(async () =>
        {
            await EventLoop.Delay(Sec(5));
            return 3;
        });
        await Raises<TimeoutException>(() => submitted.WaitAsync(Sec(1), loop.TimeProvider));
        Assert.Equal(3, await submitted);
    });

    // A8: a coroutine that ends itself as cancelled.
    [Fact]
    public void SubmitAsync_TheTaskIsCancelledOnTheLoop_IsCancelled() => Run(async () =>
    {
        var submitted = EventLoop.Current.SubmitAsync(async () =>
        {
            EventLoop.CurrentTask.Cancel();
            await EventLoop.Yield();
        });
        await Raises<OperationCanceledException>(() => submitted);
        Assert.True(submitted.IsCanceled);
    });

    // A11: merged while it waits to be called.
    [Fact]
    public void PostOnce_WhileQueued_IsMerged() => Run(async () =>
    {
        var loop = EventLoop.Current;
        int calls = 0, others = 0;
        Action callback = () => calls++;
        await Task.Run(() => loop.PostOnce(callback));
        // Twice: if that had ended before it was awaited, the call stands behind the first one.
        await EventLoop.Yield();
        await EventLoop.Yield();
        Assert.Equal(1, calls);
        for (int i = 0; i < 100; i++)
        {
            loop.PostOnce(callback);
            loop.PostOnce(Other);
        }
        await EventLoop.Yield();
        await EventLoop.Yield();
        Assert.Equal(2, calls);
        Assert.Equal(1, others); // a method group is equal to itself
        loop.PostOnce(callback);
        await EventLoop.Yield();
        await EventLoop.Yield();
        Assert.Equal(3, calls);

        void Other() => others++;
    });

    // A11: posted again while it runs, it runs again.
    [Fact]
    public void PostOnce_WhileItRuns_IsQueuedAgain() => Run(async () =>
    {
        var loop = EventLoop.Current;
        int calls = 0;
        loop.PostOnce(Again);
        while (calls < 10) await EventLoop.Yield();

        void Again()
        {
            if (++calls < 10) loop.PostOnce(Again);
        }
    });

    // A11
    [Fact]
    public void PostOnce_FromManyThreads_TheLastPostIsNeverLost() => Run(async () =>
    {
        var loop = EventLoop.Current;
        using var hold = loop.HoldOpen();
        int wanted = 0, seen = 0;
        Action look = () => seen = Volatile.Read(ref wanted);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                Interlocked.Increment(ref wanted);
                loop.PostOnce(look);
            }
        })));
        await EventLoop.Yield();
        await EventLoop.Yield();
        Assert.Equal(8000, seen);
    });

    // A11: a callback that throws can be posted again.
    [Fact]
    public void PostOnce_Throwing_IsReportedAndMayComeAgain()
    {
        List<Exception> errors = [];
        Run(async () =>
        {
            Action callback = () => throw new FormatException();
            for (int i = 0; i < 2; i++)
            {
                EventLoop.Current.PostOnce(callback);
                await EventLoop.Yield();
                await EventLoop.Yield();
            }
        }, o => o with { UnhandledError = errors.Add });
        Assert.Equal(2, errors.Count);
    }

    // A11: after the end a distinct error, never silence.
    [Fact]
    public void PostOnce_AfterTheEnd_ThrowsClosed_EachTime()
    {
        EventLoop loop = null!;
        Run(() =>
        {
            loop = EventLoop.Current;
            return Task.CompletedTask;
        });
        Action callback = () => { };
        Assert.Throws<EventLoopClosedException>(() => loop.PostOnce(callback));
        Assert.Throws<EventLoopClosedException>(() => loop.PostOnce(callback));
        Assert.Throws<ArgumentNullException>(() => loop.PostOnce(null!));
    }

    // A11: still processed after main crashed, for as long as the shutdown takes.
    [Fact]
    public void Post_AfterMainCrashed_IsStillProcessed()
    {
        bool ran = false;
        Assert.Throws<FormatException>(() => Run(() =>
        {
            var loop = EventLoop.Current;
            loop.Spawn(async () =>
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    using (CancelScope.Enter(shield: true))
                        await Task.Run(() => loop.Post(() => ran = true));
                }
            });
            return Crash();
        }));
        Assert.True(ran);

        static async Task Crash()
        {
            await EventLoop.Yield();
            throw new FormatException();
        }
    }

    // A11: a poster without an end starves neither tasks nor timers, nor the end.
    [Fact]
    public void Post_ThatPostsAgainForEver_StarvesNobody()
    {
        bool stop = false;
        var took = Run(async () =>
        {
            var loop = EventLoop.Current;
            loop.Post(Again);
            for (int i = 0; i < 100; i++) await EventLoop.Yield();
            stop = true;
            await EventLoop.Delay(Sec(1));

            void Again()
            {
                if (!stop) loop.Post(Again);
            }
        });
        Assert.Equal(Sec(1), took);
    }

    // L12: a post has no place in anybody's logical call, and leaves nothing behind.
    [Fact]
    public void Post_AsyncLocalSetInIt_LeaksIntoNothing() => Run(async () =>
    {
        var local = new AsyncLocal<string?>();
        List<string?> seen = [];
        var loop = EventLoop.Current;
        loop.Post(() => local.Value = "leak");
        loop.Post(() => seen.Add(local.Value));
        loop.CallLater(Sec(1), () => seen.Add(local.Value));
        await EventLoop.Delay(Sec(2));
        Assert.Equal([null, null], seen);
        Assert.Null(local.Value);
    });

    // L12
    [Fact]
    public void AsyncLocal_SetInATask_FlowsIntoWhatItSpawnsAndNowhereElse() => Run(async () =>
    {
        var local = new AsyncLocal<string?>();
        Dictionary<string, string?> seen = [];
        await TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
            {
                local.Value = "a";
                var child = group.Spawn(async () =>
                {
                    await EventLoop.Yield();
                    seen["child of a"] = local.Value;
                });
                var timer = new Future<bool>();
                EventLoop.Current.CallLater(Sec(1), () =>
                {
                    seen["timer of a"] = local.Value;
                    timer.SetResult(true);
                });
                var done = new Future<bool>();
                done.OnCompleted(_ => seen["callback of a"] = local.Value);
                done.SetResult(true);
                local.Value = "a2";
                await child;
                await timer;
                seen["a"] = local.Value;
            });
            group.Spawn(async () =>
            {
                for (int i = 0; i < 5; i++) await EventLoop.Yield();
                seen["b"] = local.Value;
            });
            return Task.CompletedTask;
        });
        Assert.Equal(("a", "a", "a", "a2", null), (seen["child of a"], seen["timer of a"], seen["callback of a"], seen["a"], seen["b"]));
        Assert.Null(local.Value);
    });

    // A12: one that ended at once never stands in the tree.
    [Fact]
    public void StartNow_EndedAtOnce_IsNotInTheTree() => Run(async () =>
    {
        var loop = EventLoop.Current;
        LoopTask? inside = null;
        var done = loop.StartNow(() =>
        {
            inside = EventLoop.CurrentTask;
            return Task.CompletedTask;
        }, "at once");
        Assert.Same(done, inside);
        Assert.DoesNotContain("at once", loop.GetTaskTree().ToString());
        var waiting = loop.StartNow(() => EventLoop.Delay(Sec(1)).AsTask(), "waiting");
        Assert.Contains("waiting", loop.GetTaskTree().ToString());
        waiting.Cancel(); // after the first step: blocks at the wait, not before
        await waiting.WaitAsync();
        Assert.Equal(LoopTaskStatus.Cancelled, waiting.Status);
    });

    [Fact]
    public void Interruptible_ValueTasks_EndTheWaitAndNotTheTask() => Run(async () =>
    {
        var foreign = new TaskCompletionSource<int>();
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await EventLoop.Interruptible(new ValueTask<int>(foreign.Task))));
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await EventLoop.Interruptible(new ValueTask(foreign.Task))));
        foreign.SetResult(4);
        Assert.Equal(4, await EventLoop.Interruptible(new ValueTask<int>(foreign.Task)));
        await EventLoop.Interruptible(default(ValueTask));
    });
}
