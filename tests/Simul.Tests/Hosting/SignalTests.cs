using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Simul.Tests.Hosting;

// Real signals to this process. Those whose default action would end it are sent only while somebody takes them. The second
// Ctrl+C and its like need a process of their own: see Simul.Cli.Tests.
[UnsupportedOSPlatform("windows")]
public partial class SignalTests
{
    private const int Sighup = 1, Sigquit = 3, Sigterm = 15, Sigcont = 18;

    [Fact]
    public void Signals_ArriveOnTheLoop_AndNoneIsLostBetweenReads() => Run(async () =>
    {
        var loop = EventLoop.Current;
        var seen = new List<PosixSignal>();
        await using var signals = EventLoop.SignalsAsync(PosixSignal.SIGHUP, PosixSignal.SIGCONT).GetAsyncEnumerator();
        // Taken from the moment the enumeration begins, read or not.
        Send(Sighup);
        Assert.True(await signals.MoveNextAsync());
        Assert.Equal(PosixSignal.SIGHUP, signals.Current);
        var next = signals.MoveNextAsync(); // waits; that is no stall
        await EventLoop.Yield();
        Send(Sigcont);
        Assert.True(await next);
        Assert.Equal(PosixSignal.SIGCONT, signals.Current);
        Assert.Same(loop, EventLoop.Current);
    });

    [Fact]
    public void ForEach_EndsWithItsBody() => Run(async () =>
    {
        using var other = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true); // keeps this process alive
        int seen = 0;
        EventLoop.Current.CallSoon(() => Send(Sighup));
        await foreach (var signal in EventLoop.SignalsAsync(PosixSignal.SIGHUP))
        {
            Assert.Equal(PosixSignal.SIGHUP, signal);
            if (++seen == 2) break;
            Send(Sighup);
        }
        Assert.Equal(2, seen);
    });

    [Fact]
    public void TwoEnumerations_EachHearsEverySignal()
    {
        int heard = 0;
        Run(() => TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 2; i++)
        {
                group.Spawn(async () =>
                {
                    await foreach (var _ in EventLoop.SignalsAsync(PosixSignal.SIGCONT))
                    {
                        heard++;
                        break;
                    }
                });
            }
            await EventLoop.WaitAllBlockedAsync();
            Send(Sigcont);
        }));
        Assert.Equal(2, heard);
    }

    [Fact]
    public void Wait_Cancelled_LeavesTheRegistration_AndLosesNothing() => Run(async () =>
    {
        await using var signals = EventLoop.SignalsAsync(PosixSignal.SIGCONT).GetAsyncEnumerator();
        bool late = await CancelScope.MoveOnAfterAsync(Sec(1), async () => await signals.MoveNextAsync());
        Assert.True(late);
        Send(Sigcont);
        Assert.True(await signals.MoveNextAsync());
    });

    [Fact]
    public void TokenOfTheEnumeration_EndsTheWait() => Run(async () =>
    {
        using var source = new CancellationTokenSource();
        EventLoop.Current.CallLater(Sec(1), source.Cancel);
        using var open = EventLoop.Current.HoldOpen();
        await Raises<OperationCanceledException>(async () =>
        {
            await foreach (var _ in EventLoop.SignalsAsync(PosixSignal.SIGCONT).WithCancellation(source.Token)) Assert.Fail("no signal came");
        });
        await Raises<OperationCanceledException>(async () => await EventLoop.SignalsAsync(PosixSignal.SIGCONT).GetAsyncEnumerator(source.Token).MoveNextAsync());
    });

    [Fact]
    public void Misuse_IsRefused() => Run(async () =>
    {
        Says(Assert.Throws<ArgumentException>(() => { _ = EventLoop.SignalsAsync(); }), "Name the signals");
        Assert.Throws<ArgumentNullException>(() => { _ = EventLoop.SignalsAsync(null!); });
        await using var signals = EventLoop.SignalsAsync(PosixSignal.SIGCONT).GetAsyncEnumerator();
        var first = signals.MoveNextAsync().AsTask();
        await EventLoop.Yield();
        Says(await Raises<InvalidOperationException>(async () => await signals.MoveNextAsync()), "waited for already");
        await Task.Run(async () =>
        {
            await Raises<LoopAffinityException>(async () => await signals.MoveNextAsync());
            Assert.Throws<LoopAffinityException>(() => { _ = EventLoop.SignalsAsync(PosixSignal.SIGCONT).GetAsyncEnumerator(); });
        });
        Send(Sigcont);
        await first;
    });

    [Fact]
    public void Terminate_CancelsMain_AndEverythingUnwinds()
    {
        bool unwound = false;
        var error = Assert.ThrowsAny<OperationCanceledException>(() => Run(async () =>
        {
            Send(Sigterm);
            try
            {
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                using var shield = CancelScope.Enter(shield: true);
                await EventLoop.Delay(Sec(1));
                unwound = true;
            }
        }, options => options with { CancelOnTerminate = true }));
        Says(error, "SIGTERM");
        Assert.True(unwound);
    }

    [Fact]
    public void Terminate_OfALoopThread_EndsIt()
    {
        var thread = new EventLoopThread(Options() with { CancelOnTerminate = true });
        var task = thread.SubmitAsync(async () => await EventLoop.Delay(Timeout.InfiniteTimeSpan));
        thread.SubmitAsync(() => EventLoop.WaitAllBlockedAsync().AsTask()).Wait(Sec(60));
        Send(Sigterm);
        Assert.True(thread.Completion.Wait(Sec(60)));
        Assert.True(task.IsCanceled);
    }

    [Fact]
    public void Quit_DumpsTheTaskTree_AndTheLoopGoesOn()
    {
        using var log = new BlockingCollection<string>();
        Run(async () =>
        {
            var gate = new Future<int>();
            EventLoop.Current.Spawn(async () => await gate, "waits for the gate");
            await EventLoop.Yield();
            Send(Sigquit);
            // In real time: the signal comes by a thread of the runtime.
            while (log.Count == 0) await EventLoop.Delay(TimeSpan.FromMilliseconds(1));
            gate.SetResult(1);
        }, options => options with { DumpOnQuit = true, Log = log.Add, Clock = TimeProvider.System });
        Assert.Contains("waits for the gate", log.Take(), StringComparison.Ordinal);
    }

    private static void Send(int signal) => Assert.Equal(0, Kill(Environment.ProcessId, signal));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
