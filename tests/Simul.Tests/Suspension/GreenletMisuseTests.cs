using System.Threading.Tasks.Sources;

namespace Simul.Tests.Suspension;

public class GreenletMisuseTests
{
    [Fact]
    public void Await_OfAnotherLoopsWait_Throws()
    {
        LoopTask? foreignTask = null;
        Future<int>? foreignFuture = null;
        AsyncLock? foreignLock = null;
        var ready = new ManualResetEventSlim();
        var done = new ManualResetEventSlim();
        var other = new Thread(() => EventLoop.Run(async () =>
        {
            foreignTask = EventLoop.Current.Spawn(() => EventLoop.Delay(Timeout.InfiniteTimeSpan).AsTask());
            foreignFuture = new Future<int>();
            foreignLock = new AsyncLock();
            await foreignLock.LockAsync();
            await EventLoop.Yield();
            using var hold = EventLoop.Current.HoldOpen();
            ready.Set();
            done.Wait();
        }, Options() with { Name = "other" })) { IsBackground = true };
        other.Start();
        ready.Wait();
        Run(() => Greenlet.RunAsync(() =>
        {
            Says(Assert.Throws<LoopAffinityException>(() => Greenlet.Await(foreignTask!)), "other");
            Says(Assert.Throws<LoopAffinityException>(() => Greenlet.Await(foreignFuture!)), "other");
            Assert.ThrowsAny<InvalidOperationException>(() => { Greenlet.Await(foreignLock!.LockAsync()); });
            Greenlet.Delay(Sec(1)); // unharmed
        }));
        done.Set();
        Assert.True(other.Join(Sec(30)));
    }

    [Fact]
    public void Await_TheSameWaitTwice_Throws() => Run(() => Greenlet.RunAsync(() =>
    {
        var wait = EventLoop.Delay(Sec(1));
        Greenlet.Await(wait);
        Says(Assert.Throws<InvalidOperationException>(() => Greenlet.Await(wait)), "twice");
        Greenlet.Delay(Sec(1));
    }));

    [Fact]
    public void Await_OnAnotherThread_Throws() => Run(() => Greenlet.RunAsync(() =>
        Greenlet.Await(Task.Run(() =>
        {
            Assert.False(Greenlet.IsCurrent);
            Assert.Throws<InvalidOperationException>(() => Greenlet.Await(new TaskCompletionSource().Task));
            Assert.Throws<LoopAffinityException>(() => Greenlet.Delay(Sec(1)));
            Assert.Throws<LoopAffinityException>(() => Greenlet.GetStatistics());
        }))));

    [Fact]
    public void Null_Throws() => Run(() =>
    {
        Assert.Throws<ArgumentNullException>(() => { _ = Greenlet.RunAsync(null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = Greenlet.RunAsync<int>(null!); });
        Assert.Throws<ArgumentNullException>(() => Greenlet.Await((Task)null!));
        Assert.Throws<ArgumentNullException>(() => Greenlet.Await((LoopTask)null!));
        return Task.CompletedTask;
    });

    // Sources that call back at once, or from their own thread without a context: not ours, but in the wild.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Await_ForeignSourceWithBadManners_Works(bool atOnce) => Run(() => Greenlet.RunAsync(() =>
    {
        int thread = Environment.CurrentManagedThreadId;
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(3, Greenlet.Await(new ValueTask<int>(new BadManners(atOnce), 0)));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            Greenlet.Yield();
        }
    }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Generator_ForeignSourceWithBadManners_Works(bool atOnce) => Run(() =>
    {
        return Generator.RunAsync(Steps());

        IEnumerable<Suspend> Steps()
        {
            for (int i = 0; i < 100; i++)
            {
                yield return Suspend.On(new ValueTask<int>(new BadManners(atOnce), 0), out var result);
                Assert.Equal(3, result.Value);
                yield return Suspend.Yield;
            }
        }
    });

    // Many greenlets take turns at waiting for one another, with every way to wait for the signal.
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void SpinTime_AnyValue_SameResult(int microseconds) => Run(() => TaskGroup.RunAsync(group =>
    {
        for (int i = 0; i < 3; i++)
        {
            int steps = 50 + i * 500; // the last one is alone at the end
            group.Spawn(() => Greenlet.RunAsync(() =>
            {
                for (int n = 0; n < steps; n++) Greenlet.Yield();
            }));
        }
        return Task.CompletedTask;
    }), o => o with { Greenlets = new GreenletOptions { SpinTime = TimeSpan.FromMicroseconds(microseconds) } });

    private sealed class BadManners(bool atOnce) : IValueTaskSource<int>
    {
        public int GetResult(short token) => 3;

        public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Pending;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            if (atOnce) continuation(state);
            else new Thread(() => continuation(state)) { IsBackground = true }.Start();
        }
    }
}
