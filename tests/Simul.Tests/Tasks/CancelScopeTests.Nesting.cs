namespace Simul.Tests.Tasks;

public partial class CancelScopeTests
{
    // A62
    [Fact]
    public void PendingCancel_NotDeliveredBeforeTheEnd_IsDropped() => Run(async () =>
    {
        bool absorbed = await CancelScope.RunAsync(scope =>
        {
            scope.Cancel();
            return Task.CompletedTask;
        });
        Assert.False(absorbed);
        await EventLoop.Yield();
    });

    // A62
    [Fact]
    public void Enter_InACancelledScope_IsCancelledToo_UnlessShielded() => Run(async () =>
    {
        using var outer = CancelScope.Enter();
        outer.Cancel();
        using (var inner = CancelScope.Enter())
        {
            Assert.True(inner.IsCancelled);
            Assert.False(inner.IsCancellationRequested);
            await Raises<OperationCanceledException>(Forever);
        }
        using (var inner = CancelScope.Enter(shield: true))
        {
            Assert.False(inner.IsCancelled);
            await EventLoop.Delay(Sec(1));
        }
        await Raises<OperationCanceledException>(Forever);
    });

    [Fact]
    public void Shield_RaisedAndLowered_HoldsOffAndLetsThrough() => Run(async () =>
    {
        using var outer = CancelScope.Enter();
        using var inner = CancelScope.Enter();
        using var innermost = CancelScope.Enter();
        outer.Cancel();
        Assert.True(innermost.IsCancelled);
        inner.Shield = true;
        Assert.False(inner.IsCancelled || innermost.IsCancelled);
        await EventLoop.Delay(Sec(1));
        EventLoop.Current.CallLater(Sec(1), () => inner.Shield = false);
        await Raises<OperationCanceledException>(Forever);
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.True(innermost.IsCancelled);
    });

    [Fact]
    public void Shield_KeepsItsOwnDeadline() => Run(async () =>
    {
        using var outer = CancelScope.Enter();
        outer.Cancel();
        bool late = await CancelScope.RunAsync(_ => Forever(), Sec(3), shield: true);
        Assert.True(late);
        Assert.Equal(Sec(3), EventLoop.Now);
    });

    [Fact]
    public void Shield_RaisedOverAnInnerCancelledScope_LeavesThatCancelled() => Run(async () =>
    {
        using var outer = CancelScope.Enter();
        using var middle = CancelScope.Enter();
        using (var inner = CancelScope.Enter())
        {
            inner.Cancel();
            outer.Cancel();
            middle.Shield = true;
            Assert.True(inner.IsCancelled);
            await Raises<OperationCanceledException>(Forever);
        }
        await EventLoop.Delay(Sec(1));
    });

    // A65, A66
    [Fact]
    public void CancelledTask_WaitingUnderAShield_DoesNotSpin()
    {
        long turns = 0;
        Run(async () =>
        {
            using var scope = CancelScope.Enter();
            scope.Cancel();
            using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(1000));
            turns = EventLoop.Current.GetStatistics().TotalTurns;
        });
        Assert.InRange(turns, 1, 20);
    }

    // A31
    [Fact]
    public void Dispose_OutOfOrder_ThrowsNamingBoth() => Run(() =>
    {
        var outer = CancelScope.Enter(Sec(1));
        var inner = CancelScope.Enter();
        Says(Assert.Throws<InvalidOperationException>(outer.Dispose), "deadline", "open", "reverse order");
        inner.Dispose();
        outer.Dispose();
        outer.Dispose();
        return Task.CompletedTask;
    });

    // A31
    [Fact]
    public void Dispose_WithAWaitPendingInside_Throws() => Run(async () =>
    {
        var scope = CancelScope.Enter();
        var wait = EventLoop.Delay(Sec(1));
        Says(Assert.Throws<InvalidOperationException>(scope.Dispose), "pending", "Await it");
        await wait;
        scope.Dispose();
    });

    [Fact]
    public void Dispose_FromAnotherThread_IsPosted() => Run(async () =>
    {
        using var hold = EventLoop.Current.HoldOpen();
        var task = EventLoop.CurrentTask;
        await Inner();
        Assert.Null(task.FirstChild);

        static async Task Inner()
        {
            var scope = CancelScope.Enter();
            await Task.Run(scope.Dispose);
            while (!scope.IsClosed) await EventLoop.Yield();
        }
    });

    // C1: the scope follows the logical call.
    [Fact]
    public void Scopes_UnderWhenAll_BelongToTheirOwnCall() => Run(async () =>
    {
        async Task<string> Limited(int limit, int length)
        {
            using var scope = CancelScope.Enter(Sec(limit));
            try
            {
                await EventLoop.Delay(Sec(length));
                return $"ended at {EventLoop.Now.TotalSeconds}";
            }
            catch (OperationCanceledException)
            {
                return $"late at {EventLoop.Now.TotalSeconds}";
            }
        }
        Assert.Equal(["late at 1", "ended at 2", "late at 3"], await Task.WhenAll(Limited(1, 10), Limited(5, 2), Limited(3, 4)));
        Assert.Null(EventLoop.CurrentTask.FirstChild);
    });

    [Fact]
    public void ScopeLeftOpenByAnAbandonedMethod_EndsWithItsTask() => Run(async () =>
    {
        await TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
            {
                _ = Leaky();
                await EventLoop.Yield();
            });
            return Task.CompletedTask;
        });
        Assert.Equal(0, EventLoop.Current.GetStatistics().CurrentTimers);

        static async Task Leaky()
        {
            using var scope = CancelScope.Enter(Sec(100));
            await Forever();
        }
    });

    [Fact]
    public void Token_CallbacksRunOnTheLoop_AndTheirErrorsDoNotMeetTheCanceller()
    {
        List<Exception> errors = [];
        Run(async () =>
        {
            using var scope = CancelScope.Enter();
            bool called = false;
            scope.Token.Register(() =>
            {
                called = EventLoop.CurrentOrNull is not null;
                throw new FormatException();
            });
            scope.Cancel();
            Assert.False(called);
            using (CancelScope.Enter(shield: true)) await Settle();
            Assert.True(called);
        }, o => o with { UnhandledError = errors.Add });
        Assert.Single(errors);
    }

    [Fact]
    public void Token_OfAShieldedScope_HearsNothingFromOutside() => Run(async () =>
    {
        using var outer = CancelScope.Enter();
        using var inner = CancelScope.Enter(shield: true);
        var (o, i) = (outer.Token, inner.Token);
        outer.Cancel();
        await Settle();
        Assert.True(o.IsCancellationRequested);
        Assert.False(i.IsCancellationRequested);
    });

    // C1b
    [Fact]
    public void ForeignAwait_HearsACancelOnlyThroughTheTokenOrInterruptible() => Run(async () =>
    {
        var never = new TaskCompletionSource<int>();
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.Interruptible(never.Task)));
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.Interruptible((Task)never.Task)));
        Assert.True(await CancelScope.RunAsync(scope => never.Task.WaitAsync(scope.Token), Sec(1)));
        EventLoop.Current.CallLater(Sec(5), () => never.SetResult(1));
        Assert.False(await CancelScope.MoveOnAfterAsync(Sec(1), () => never.Task));
        Assert.Equal(Sec(8), EventLoop.Now);
    });

    [Fact]
    public void Properties_FromAnotherThread_Throw() => Run(async () =>
    {
        using var scope = CancelScope.Enter();
        await Task.Run(() =>
        {
            Says(Assert.Throws<LoopAffinityException>(() => scope.Token), "cancel scope");
            Assert.Throws<LoopAffinityException>(() => scope.Shield = true);
            Assert.Throws<LoopAffinityException>(() => scope.Deadline = Sec(1));
        });
    });

    // A57
    [Fact]
    public void SelfCancel_HitsTheNextCheckpoint_AndATaskWithoutOneSucceeds() => Run(async () =>
    {
        LoopTask? hit = null, missed = null;
        await TaskGroup.RunAsync(group =>
        {
            hit = group.Spawn(async () =>
            {
                EventLoop.CurrentTask.Cancel();
                await EventLoop.Yield();
            });
            missed = group.Spawn(() =>
            {
                EventLoop.CurrentTask.Cancel();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        Assert.Equal(LoopTaskStatus.Cancelled, hit!.Status);
        Assert.Equal(LoopTaskStatus.Succeeded, missed!.Status);
    });

    [Fact]
    [Seeds(50)]
    public void Cancel_ADeepTreeOfScopes_NeedsNoStack() => Run(async () =>
    {
        var scopes = new Stack<CancelScope>();
        for (int i = 0; i < 20_000; i++) scopes.Push(CancelScope.Enter());
        EventLoop.CurrentTask.Cancel();
        Assert.True(scopes.Peek().IsCancelled);
        var error = await Raises<OperationCanceledException>(() => EventLoop.Yield().AsTask());
        Says(error, "main");
        while (scopes.TryPop(out var scope)) scope.Dispose();
        Assert.Null(EventLoop.CurrentTask.FirstChild);
    });
}
