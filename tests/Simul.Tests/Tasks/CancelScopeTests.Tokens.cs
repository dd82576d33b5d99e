namespace Simul.Tests.Tasks;

public partial class CancelScopeTests
{
    // A62: our answer to scopes that are cancelled before they are entered.
    [Fact]
    public void Enter_WithACancelledToken_TheFirstCheckpointRaises() => Run(async () =>
    {
        using var before = new CancellationTokenSource();
        before.Cancel();
        using (var scope = CancelScope.Enter(cancellationToken: before.Token))
        {
            Assert.True(scope.IsCancelled);
            await Raises<OperationCanceledException>(async () => await EventLoop.Yield());
        }
        await EventLoop.Yield();
    });

    [Fact]
    public void Enter_WithAToken_CancelledFromAnotherThread_EndsTheWait_AndIsLetGoAtTheEnd() => Run(async () =>
    {
        using var outside = new CancellationTokenSource();
        using var open = EventLoop.Current.HoldOpen();
        using (CancelScope.Enter(cancellationToken: outside.Token))
        {
            _ = Task.Run(outside.Cancel);
            Says(await Raises<OperationCanceledException>(async () => await EventLoop.Delay(Timeout.InfiniteTimeSpan)), "its token was cancelled");
        }
        using var late = new CancellationTokenSource();
        CancelScope left;
        using (left = CancelScope.Enter(cancellationToken: late.Token)) await EventLoop.Yield();
        late.Cancel();
        Assert.False(left.IsCancellationRequested);
    });

    // A48
    [Fact]
    public void CancelAfter_MovesTheDeadlineBothWays() => Run(async () =>
    {
        using var scope = CancelScope.Enter(Sec(10));
        scope.CancelAfter(Sec(20));
        await EventLoop.Delay(Sec(15));
        scope.CancelAfter(Timeout.InfiniteTimeSpan);
        Assert.Null(scope.Deadline);
        await EventLoop.Delay(Sec(15));
        scope.CancelAfter(Sec(1));
        await Raises<OperationCanceledException>(async () => await EventLoop.Delay(Sec(5)));
        Assert.Equal(Sec(31), EventLoop.Now);
        using (CancelScope.Enter(shield: true)) await EventLoop.Yield();
        Assert.Throws<ArgumentOutOfRangeException>(() => scope.CancelAfter(TimeSpan.MaxValue));
    });

    // A66
    [Fact]
    public void Shield_CleanUpThatWaits_RunsToItsEnd_OrToItsOwnLimit() => Run(async () =>
    {
        List<string> log = [];
        await CancelScope.MoveOnAfterAsync(Sec(1), async () =>
        {
            try
            {
                await EventLoop.Delay(Sec(10));
            }
            finally
            {
                Assert.False(await CancelScope.ShieldAsync(async () =>
                {
                    await EventLoop.Delay(Sec(2));
                    log.Add("cleaned up");
                }));
                Assert.True(await CancelScope.ShieldAsync(() => EventLoop.Delay(Sec(100)).AsTask(), Sec(3)));
            }
        });
        Assert.Equal(["cleaned up"], log);
        Assert.Equal(Sec(6), EventLoop.Now);
    });

    // Its callbacks may cancel, again and further out; the exception names the outermost as it is by then.
    [Fact]
    public void Token_CallbackThatCancelsMore_Works() => Run(async () =>
    {
        using var outer = CancelScope.Enter();
        using var inner = CancelScope.Enter();
        List<string> log = [];
        inner.Token.Register(() =>
        {
            log.Add("inner");
            inner.Cancel("again");
            outer.Cancel("further out");
        });
        outer.Token.Register(() => log.Add("outer"));
        inner.Cancel("first");
        await Raises<OperationCanceledException>(Forever);
        Says(await Raises<OperationCanceledException>(Forever), "further out");
        Assert.Equal("first", inner.Reason);
        using (CancelScope.Enter(shield: true)) await Settle();
        Assert.Equal(["inner", "outer"], log);
    });
}
