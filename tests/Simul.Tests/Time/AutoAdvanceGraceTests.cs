namespace Simul.Tests.Time;

// How long a virtual clock waits, in real time, for work that did not join it.
public class AutoAdvanceGraceTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(10);

    [Fact]
    public void ForeignWork_ComesBackWithinTheGrace_TheClockHasNotMoved()
    {
        TimeSpan? cameBackAt = null;
        var took = Run(
            () => TaskGroup.RunAsync(async group =>
            {
                _ = group.Spawn(() => EventLoop.Delay(TimeSpan.FromHours(1)).AsTask());
                Assert.Equal(7, await Task.Run(() => 7));
                cameBackAt = EventLoop.Now;
            }),
            options => options with { AutoAdvanceGrace = s_long });
        Assert.Equal(TimeSpan.Zero, cameBackAt);
        Assert.Equal(TimeSpan.FromHours(1), took);
    }

    [Fact]
    public void ForeignWork_DoesNotComeBack_TheClockJumpsAfterTheGrace()
    {
        var never = new TaskCompletionSource();
        var took = Run(
            () => TaskGroup.RunAsync(async group =>
            {
                _ = group.Spawn(async () =>
                {
                    await EventLoop.Delay(TimeSpan.FromHours(1));
                    never.SetResult();
                });
                await never.Task;
            }),
            options => options with { AutoAdvanceGrace = TimeSpan.FromMilliseconds(10) });
        Assert.Equal(TimeSpan.FromHours(1), took);
    }

    // Ten minutes of real time would be noticed.
    [Fact]
    public void NoForeignWork_TheClockJumpsAtOnce()
    {
        var took = Run(() => EventLoop.Delay(TimeSpan.FromHours(12)).AsTask(), options => options with { AutoAdvanceGrace = s_long });
        Assert.Equal(TimeSpan.FromHours(12), took);
    }
}
