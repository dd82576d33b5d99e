namespace Simul.Tests.Time;

public partial class VirtualTimeProviderTests
{
    [Fact]
    public void Timer_OnceAndPeriodic_FireAtTheirMoments()
    {
        var clock = new VirtualTimeProvider();
        var holder = clock.Join("holder");
        var moments = new System.Collections.Concurrent.ConcurrentQueue<TimeSpan>();
        using var once = clock.CreateTimer(_ => moments.Enqueue(clock.Elapsed), null, Sec(3), Timeout.InfiniteTimeSpan);
        using (clock.CreateTimer(_ => moments.Enqueue(clock.Elapsed), null, Sec(2), Sec(2)))
        {
            holder.Sleep(Sec(7));
        }
        holder.Sleep(Sec(7));
        Assert.Equal([Sec(2), Sec(3), Sec(4), Sec(6)], moments);
    }

    [Fact]
    public void Timer_ChangedAndDisposed_CountsAnew()
    {
        var clock = new VirtualTimeProvider();
        using var holder = clock.Join("holder");
        int fired = 0;
        var timer = clock.CreateTimer(_ => Interlocked.Increment(ref fired), null, Sec(1), Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(Sec(5), Timeout.InfiniteTimeSpan));
        holder.Sleep(Sec(4));
        Assert.Equal(0, fired);
        holder.Sleep(Sec(2));
        Assert.Equal(1, fired);
        Assert.True(timer.Change(Sec(1), Timeout.InfiniteTimeSpan));
        timer.Dispose();
        timer.DisposeAsync().AsTask().Wait();
        Assert.False(timer.Change(Sec(1), Sec(1)));
        holder.Sleep(Sec(5));
        Assert.Equal(1, fired);
    }

    // As the BCL's: without a due time the period does not count.
    [Fact]
    public void Timer_ChangedToNever_StaysSilent_WhateverItsPeriod()
    {
        var clock = new VirtualTimeProvider();
        using var holder = clock.Join("holder");
        int fired = 0;
        ITimer? timer = null;
        timer = clock.CreateTimer(_ =>
        {
            fired++;
            timer!.Change(Timeout.InfiniteTimeSpan, Sec(1));
        }, null, Sec(1), Sec(1));
        holder.Sleep(Sec(10));
        timer.Dispose();
        Assert.Equal(1, fired);
    }

    [Fact]
    public void TaskDelay_OnTheClockItself_Ends()
    {
        var clock = new VirtualTimeProvider();
        Assert.True(Task.Delay(Sec(100), clock).Wait(Sec(60)));
        Assert.Equal(Sec(100), clock.Elapsed);
    }

    // Two loops on two threads share one time: neither runs ahead of the other.
    [Fact]
    public void TwoLoops_OneClock_StayInStep()
    {
        var clock = new VirtualTimeProvider();
        var seen = new System.Collections.Concurrent.ConcurrentQueue<(string, TimeSpan)>();
        var hold = clock.Join("until both are there");
        using var started = new CountdownEvent(2);
        Thread Start(string name, int step)
        {
            var thread = new Thread(() => EventLoop.Run(async () =>
            {
                started.Signal();
                for (int i = 0; i < 100; i++)
                {
                    await EventLoop.Delay(Sec(step));
                    seen.Enqueue((name, EventLoop.Now));
                }
            }, new EventLoopOptions { Clock = clock, Name = name })) { IsBackground = true };
            thread.Start();
            return thread;
        }
        Thread[] threads = [Start("a", 2), Start("b", 3)];
        started.Wait();
        hold.Dispose();
        foreach (var thread in threads) Assert.True(thread.Join(Sec(60)));
        Assert.Equal(200, seen.Count);
        Assert.Equal(seen.Select(s => s.Item2).Order(), seen.Select(s => s.Item2));
        Assert.Equal(Sec(300), clock.Elapsed);
    }

    // Work handed from one loop to the other holds the clock on its way.
    [Fact]
    public void TwoLoops_WorkHandedOver_TheClockDoesNotJumpMeanwhile()
    {
        var clock = new VirtualTimeProvider();
        EventLoop? server = null;
        using var ready = new ManualResetEventSlim();
        var end = new TaskCompletionSource();
        var hold = clock.Join("until both are there");
        var thread = new Thread(() => EventLoop.Run(async () =>
        {
            server = EventLoop.Current;
            using var open = server.HoldOpen();
            ready.Set();
            await end.Task;
        }, new EventLoopOptions { Clock = clock, Name = "server" })) { IsBackground = true };
        thread.Start();
        ready.Wait();
        OnThread(() => EventLoop.Run(async () =>
        {
            hold.Dispose();
            // Somebody with a deadline of its own, to which the clock would jump if nothing held it.
            EventLoop.Current.Spawn(async () =>
            {
                while (true) await EventLoop.Delay(TimeSpan.FromMilliseconds(1));
            });
            for (int i = 1; i <= 300; i++)
            {
                var answer = await server!.SubmitAsync(async () =>
                {
                    await EventLoop.Delay(Sec(1));
                    return EventLoop.Now;
                });
                Assert.Equal(Sec(i), answer);
                Assert.Equal(Sec(i), EventLoop.Now);
            }
            end.SetResult();
        }, new EventLoopOptions { Clock = clock, Name = "client" }));
        Assert.True(thread.Join(Sec(60)));
    }

    // A94, with others on the clock.
    [Fact]
    public void WaitAllBlocked_OthersWork_WaitsForThemToo()
    {
        var clock = new VirtualTimeProvider();
        var other = clock.Join("other");
        OnThread(() => EventLoop.Run(async () =>
        {
            var loop = EventLoop.Current;
            bool quiet = false, posted = false;
            var watcher = loop.Spawn(async () =>
            {
                await EventLoop.WaitAllBlockedAsync();
                quiet = true;
            });
            using var hold = loop.HoldOpen();
            var worker = new Thread(() =>
            {
                for (int i = 0; i < 50; i++)
                {
                    // The loop idles, is woken by this, and must not take it for quiet: the other still works.
                    loop.SubmitAsync(() => Task.CompletedTask).Wait();
                    Assert.False(quiet);
                }
                loop.Post(() => posted = true);
                other.Dispose();
            }) { IsBackground = true };
            worker.Start();
            await watcher;
            Assert.True(posted);
            Assert.Equal(TimeSpan.Zero, EventLoop.Now);
        }, new EventLoopOptions { Clock = clock }));
    }
}
