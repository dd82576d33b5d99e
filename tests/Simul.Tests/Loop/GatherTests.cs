namespace Simul.Tests.Loop;

public partial class GatherTests
{
    private static async ValueTask<int> After(double seconds, int result)
    {
        await EventLoop.Delay(Sec(seconds));
        return result;
    }

    private static async ValueTask<int> FailAfter(double seconds, string what)
    {
        await EventLoop.Delay(Sec(seconds));
        throw new FormatException(what);
    }

    // A88
    [Fact]
    public void Gather_Operations_ResultsAreInInputOrder()
    {
        var took = Run(async () => Assert.Equal(new[] { 1, 2, 3 }, await EventLoop.GatherAsync(After(3, 1), After(1, 2), After(2, 3))));
        Assert.Equal(Sec(3), took);
    }

    // A88
    [Fact]
    public void Gather_Nothing_IsEmpty() => Run(async () =>
    {
        Assert.Empty(await EventLoop.GatherAsync<int>());
        await EventLoop.GatherAsync();
        Assert.Empty(await EventLoop.GatherAsync(Array.Empty<LoopTask<int>>()));
        Assert.Empty(await EventLoop.GatherAsync(Array.Empty<Func<Task<int>>>()));
        Assert.Empty(await EventLoop.GatherOutcomesAsync<int>());
    });

    [Fact]
    public void Gather_OfEveryKind_BringsTheResults() => Run(async () =>
    {
        await EventLoop.GatherAsync(EventLoop.Delay(Sec(1)), EventLoop.Yield(), default);
        Assert.Equal(new[] { 1, 2 }, await EventLoop.GatherAsync(After(1, 1).AsTask(), Task.FromResult(2)));
        await EventLoop.GatherAsync(After(1, 1).AsTask(), Task.CompletedTask);
        Assert.Equal(new[] { 1, 2 }, await EventLoop.GatherAsync([EventLoop.Current.Spawn(() => After(2, 1).AsTask()), EventLoop.Current.Spawn(() => After(1, 2).AsTask())]));
        await EventLoop.GatherAsync([EventLoop.Current.Spawn(() => EventLoop.Delay(Sec(1)).AsTask())]);
        Assert.Equal(new[] { 1, 2 }, await EventLoop.GatherAsync([() => After(2, 1).AsTask(), () => After(1, 2).AsTask()]));
        await EventLoop.GatherAsync([() => EventLoop.Delay(Sec(1)).AsTask()]);
        Assert.Equal(new[] { 1, 2, 3 }, await EventLoop.GatherAsync([.. Enumerable.Range(1, 3).Select(i => After(1, i))]));
    });

    [Fact]
    public void Gather_Tuples_KeepTheirTypes() => Run(async () =>
    {
        var (number, text) = await EventLoop.GatherAsync((After(1, 7), Text("a")));
        Assert.Equal((7, "a"), (number, text));
        Assert.Equal((1, "b", 3), await EventLoop.GatherAsync((After(2, 1), Text("b"), After(1, 3))));
        Assert.Equal((1, "b", 3, 4), await EventLoop.GatherAsync((After(2, 1), Text("b"), After(1, 3), new ValueTask<int>(4))));
        Assert.Equal((1, "b", 3, 4, "e"), await EventLoop.GatherAsync((After(2, 1), Text("b"), After(1, 3), After(1, 4), Text("e"))));
        Assert.Equal((1, "x"), await EventLoop.GatherAsync((new ValueTask<int>(1), new ValueTask<string>("x"))));
        await Raises<FormatException>(async () => await EventLoop.GatherAsync((FailAfter(1, "x"), Text("c"))));

        static async ValueTask<string> Text(string text)
        {
            await EventLoop.Yield();
            return text;
        }
    });

    // A88
    [Fact]
    public void Gather_ATaskTwice_SharesItsResult() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(() => After(1, 5).AsTask());
        Assert.Equal(new[] { 5, 5, 5 }, await EventLoop.GatherAsync([task, task, task]));
        Assert.Equal(new[] { 5, 5 }, await EventLoop.GatherAsync([task, task]));
        var foreign = After(1, 6).AsTask();
        Assert.Equal(new[] { 6, 6 }, await EventLoop.GatherAsync(new ValueTask<int>(foreign), new ValueTask<int>(foreign)));
        Assert.Equal(new[] { 6, 6 }, await EventLoop.GatherAsync(foreign, foreign));
    });

    // A88
    [Fact]
    public void Gather_FirstFailure_CompletesIt_AndTheOthersGoOn() => Run(async () =>
    {
        var loop = EventLoop.Current;
        bool operation = false, task = false, body = false;
        Says(await Raises<FormatException>(async () => await EventLoop.GatherAsync(Slow(() => operation = true), FailAfter(1, "one"))), "one");
        Assert.Equal(Sec(1), EventLoop.Now);
        var slow = loop.Spawn(() => Slow(() => task = true).AsTask());
        Says(await Raises<FormatException>(async () => await EventLoop.GatherAsync([slow, loop.Spawn(() => FailAfter(1, "two").AsTask())])), "two");
        Assert.Equal(Sec(2), EventLoop.Now);
        Says(await Raises<FormatException>(async () => await EventLoop.GatherAsync([() => Slow(() => body = true).AsTask(), () => FailAfter(1, "three").AsTask()])), "three");
        Assert.Equal(Sec(3), EventLoop.Now);
        Assert.False(operation || task || body);
        Assert.Equal(LoopTaskStatus.Running, slow.Status);
        await EventLoop.Delay(Sec(10));
        Assert.True(operation && task && body);

        static async ValueTask<int> Slow(Action end)
        {
            await EventLoop.Delay(Sec(5));
            end();
            return 0;
        }
    });

    [Fact]
    public void Gather_WhatFailsLater_GoesToTheLogAndEndsNothing()
    {
        List<string> lines = [];
        Run(async () =>
        {
            var loop = EventLoop.Current;
            await Raises<FormatException>(async () => await EventLoop.GatherAsync(FailAfter(1, "first"), FailAfter(2, "late operation")));
            await Raises<FormatException>(async () => await EventLoop.GatherAsync([loop.Spawn(() => FailAfter(1, "first").AsTask()), loop.Spawn(() => FailAfter(2, "late task").AsTask())]));
            await Raises<FormatException>(async () => await EventLoop.GatherAsync([() => FailAfter(1, "first").AsTask(), () => FailAfter(2, "late body").AsTask()]));
            await EventLoop.Delay(Sec(10));
        }, o => o with { Log = lines.Add });
        Assert.Equal(3, lines.Count);
        foreach (string what in new[] { "late operation", "late task", "late body" }) Assert.Contains(lines, line => line.Contains(what));
    }

    [Fact]
    public void Gather_OfWhatHasFailedAlready_RaisesTheFirst_AndWaitsForNobody() => Run(async () =>
    {
        var before = EventLoop.Now;
        Says(await Raises<FormatException>(async () => await EventLoop.GatherAsync(
            After(1, 1), ValueTask.FromException<int>(new FormatException("first")), ValueTask.FromException<int>(new FormatException("second")))), "first");
        Assert.Equal(before, EventLoop.Now);
    });

    // A89
    [Fact]
    public void Gather_ACancelledChild_IsAFailureOfTheGather_NotItsCancellation() => Run(async () =>
    {
        var loop = EventLoop.Current;
        var cancelled = loop.Spawn(() => After(10, 1).AsTask(), "victim");
        var other = loop.Spawn(() => After(3, 2).AsTask());
        loop.CallLater(Sec(1), () => cancelled.Cancel("enough"));
        Says(await Raises<OperationCanceledException>(async () => await EventLoop.GatherAsync([cancelled, other])), "victim", "enough");
        Assert.False(EventLoop.CurrentTask.IsCancelled);
        Assert.Equal(Sec(1), EventLoop.Now);
        Assert.Equal(2, await other);

        // A task that fails with it has failed.
        var gatherer = loop.Spawn(async () => await EventLoop.GatherAsync([cancelled]));
        await gatherer.WaitAsync();
        Assert.Equal(LoopTaskStatus.Failed, gatherer.Status);
    });

    // A89: cancelling the gather cancels what it owns, and waits for it.
    [Fact]
    public void Gather_OfBodies_Cancelled_CancelsThemAndWaits() => Run(async () =>
    {
        List<string> ended = [];
        bool late = await CancelScope.MoveOnAfterAsync(Sec(1), async () => await EventLoop.GatherAsync([() => Body("a"), () => Body("b")]));
        Assert.True(late);
        Assert.Equal(Sec(3), EventLoop.Now);
        Assert.Equal(["a", "b"], ended.Order());

        async Task<int> Body(string name)
        {
            try
            {
                await EventLoop.Delay(Sec(100));
            }
            finally
            {
                using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(2));
                ended.Add(name);
            }
            return 1;
        }
    });

    // A89: loop tasks belong to who spawned them, so that the wait is given up and not they. asyncio cancels them.
    [Fact]
    public void Gather_OfLoopTasks_Cancelled_LeavesThemAlone() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(() => After(5, 9).AsTask());
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await EventLoop.GatherAsync([task])));
        Assert.False(task.IsCancelled);
        Assert.Equal(9, await task);
    });

    // A89: operations run in the gather's scope, and hear of its cancellation.
    [Fact]
    public void Gather_OfOperations_Cancelled_ReachesThem() => Run(async () =>
    {
        int cancelled = 0;
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await EventLoop.GatherAsync(Operation(), Operation())));
        await EventLoop.Delay(Sec(1));
        Assert.Equal(2, cancelled);
        Assert.Equal(Sec(2), EventLoop.Now);

        async ValueTask Operation()
        {
            try
            {
                await EventLoop.Delay(Sec(100));
            }
            catch (OperationCanceledException)
            {
                cancelled++;
                throw;
            }
        }
    });

    [Fact]
    public void Gather_IsACheckpoint_AlsoWhenAllIsThere() => Run(async () =>
    {
        using var scope = CancelScope.Enter();
        scope.Cancel("stop");
        Says(await Raises<OperationCanceledException>(async () => await EventLoop.GatherAsync(new ValueTask<int>(1))), "stop");
        await Raises<OperationCanceledException>(async () => await EventLoop.GatherAsync());
        await Raises<OperationCanceledException>(async () => await EventLoop.GatherAsync((new ValueTask<int>(1), new ValueTask<int>(2))));
        await Raises<OperationCanceledException>(async () => await EventLoop.GatherAsync(Array.Empty<LoopTask>()));
        await Raises<OperationCanceledException>(async () => await EventLoop.GatherAsync([() => Task.FromResult(1)]));
    });

    // An always-ready gather must not starve the others.
    [Fact]
    public void Gather_OfWhatIsThere_GivesUpTheTurnNowAndThen() => Run(async () =>
    {
        bool other = false;
        EventLoop.Current.CallSoon(() => other = true);
        for (int i = 0; i < 1000 && !other; i++) await EventLoop.GatherAsync(new ValueTask<int>(1));
        Assert.True(other);
    });

    [Fact]
    public void Gather_ForeignTasks_AreNoStall() => OnThread(() => EventLoop.Run(async () =>
    {
        using var gate = new ManualResetEventSlim();
        var foreign = Task.Run(() =>
        {
            gate.Wait();
            return 1;
        });
        var gathered = EventLoop.GatherAsync(new ValueTask<int>(foreign), After(0, 2));
        EventLoop.Current.CallLater(TimeSpan.FromMilliseconds(30), gate.Set);
        Assert.Equal(new[] { 1, 2 }, await gathered);
        var races = new TaskCompletionSource<int>();
        ThreadPool.UnsafeQueueUserWorkItem(static x => x.SetResult(3), races, preferLocal: false);
        Assert.Equal((1, 3), await EventLoop.RaceAsync(Never(), new ValueTask<int>(races.Task)));
    }));

    [Fact]
    public void Gather_OfWaitsThatCannotEnd_IsAStall()
    {
        Assert.Throws<LoopStalledException>(() => Run(async () => await EventLoop.GatherAsync(Never(), After(1, 2))));
        Assert.Throws<LoopStalledException>(() => Run(async () => await EventLoop.RaceAsync(Never(), Never())));
        Assert.Throws<LoopStalledException>(() => Run(async () => await EventLoop.GatherAsync([EventLoop.Current.Spawn(() => Never().AsTask())])));
        Assert.Throws<LoopStalledException>(() => Run(async () => await EventLoop.GatherOutcomesAsync(Never())));
    }

    private static async ValueTask<int> Never() => await new Future<int>();

    // Without a context the operations are met on the loop all the same.
    [Fact]
    public void Gather_WithoutAContext_StaysOnTheLoop() => Run(async () =>
    {
        int thread = Environment.CurrentManagedThreadId;
        await Library();

        async Task Library()
        {
            await EventLoop.Yield().ConfigureAwait(false);
            Assert.Null(SynchronizationContext.Current);
            for (int i = 0; i < 200; i++)
                Assert.Equal(new[] { 1, 2 }, await EventLoop.GatherAsync(Task.Run(() => 1), Task.Run(() => 2)).ConfigureAwait(false));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }
    });

    [Fact]
    public void Gather_BadInput_Throws() => Run(async () =>
    {
        await Raises<ArgumentNullException>(async () => await EventLoop.GatherAsync((IEnumerable<LoopTask<int>>)null!));
        await Raises<ArgumentException>(async () => await EventLoop.GatherAsync(Task.CompletedTask, null!));
        await Raises<ArgumentException>(async () => await EventLoop.GatherAsync(new LoopTask<int>[] { null! }));
        bool ran = false;
        Says(await Raises<ArgumentException>(async () => await EventLoop.GatherAsync(new Func<Task>[]
        {
            () =>
            {
                ran = true;
                return Task.CompletedTask;
            },
            null!,
        })), "1", "Nothing was started");
        await EventLoop.Delay(Sec(1));
        Assert.False(ran);
        var task = EventLoop.Current.Spawn(() => Task.FromResult(1));
        await Task.Run(() =>
        {
            Assert.Throws<LoopAffinityException>(() => { _ = EventLoop.GatherAsync(new ValueTask<int>(1)); });
            Assert.Throws<LoopAffinityException>(() => { _ = EventLoop.GatherAsync(new LoopTask[] { task }); });
            Assert.Throws<LoopAffinityException>(() => { _ = EventLoop.RaceAsync(new ValueTask<int>(1)); });
        });
    });
}
