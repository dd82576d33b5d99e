using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Simul.Tests.Loop;

// CancelOnInterrupt, with real signals to this process. A99
[UnsupportedOSPlatform("windows")]
public partial class InterruptTests
{
    private const int Sigint = 2;

    [Fact]
    public void FirstInterrupt_CancelsMain_AndEverythingUnwinds()
    {
        List<string> trace = [];
        var error = Assert.ThrowsAny<OperationCanceledException>(() => Run(
            async () => await TaskGroup.RunAsync(async group =>
            {
                _ = group.Spawn(() => ForeverAsync("child"));
                await EventLoop.Yield();
                Interrupt();
                await ForeverAsync("body");
            }),
            options => options with { CancelOnInterrupt = true }));
        Says(error, "Ctrl+C");
        Assert.Equal(["body ended", "child ended"], trace.Order());

        // Nothing but the signal will end it, and it comes from another thread: no stall.
        async Task ForeverAsync(string who)
        {
            using var hold = EventLoop.Current.HoldOpen();
            try
            {
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                trace.Add($"{who} ended");
            }
        }
    }

    [Fact]
    public void Interrupt_CaughtByMain_LeavesItsResult()
    {
        bool caught = false;
        int result = OnThread(() => EventLoop.Run(
            async () =>
            {
                using var hold = EventLoop.Current.HoldOpen();
                Interrupt();
                caught = await CancelledAsync();
                return 7;
            },
            Options() with { CancelOnInterrupt = true }));
        Assert.True(caught);
        Assert.Equal(7, result);

        static async Task<bool> CancelledAsync()
        {
            try
            {
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        }
    }

    // A101: one that comes where main must not be disturbed is kept for the first checkpoint behind it.
    [Fact]
    public void Interrupt_WhileMainIsShielded_IsKept()
    {
        List<string> trace = [];
        Assert.ThrowsAny<OperationCanceledException>(() => Run(
            async () =>
            {
                using (CancelScope.Enter(shield: true))
                {
                    Interrupt();
                    while (!EventLoop.CurrentTask.IsCancelled) await EventLoop.Yield();
                    await EventLoop.Delay(Sec(1));
                    trace.Add("to the end");
                }
                await EventLoop.Yield();
                trace.Add("never");
            },
            options => options with { CancelOnInterrupt = true }));
        Assert.Equal(["to the end"], trace);
    }

    private static void Interrupt() => Assert.Equal(0, Kill(Environment.ProcessId, Sigint));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
