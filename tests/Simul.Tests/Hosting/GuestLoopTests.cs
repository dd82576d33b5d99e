using System.Collections.Concurrent;

namespace Simul.Tests.Hosting;

public class GuestLoopTests
{
    // A host with a queue and a context of its own. Ends when told to.
    private sealed class Host : SynchronizationContext
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];

        public int Ran { get; private set; }

        public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

        public void End() => _queue.CompleteAdding();

        public T Serve<T>(Func<Task<T>> body)
        {
            SetSynchronizationContext(this);
            var task = body();
            task.ContinueWith(_ => End(), TaskContinuationOptions.ExecuteSynchronously);
            foreach (var (callback, state) in _queue.GetConsumingEnumerable())
            {
                Ran++;
                callback(state);
                Assert.Same(this, Current);
            }
            return task.GetAwaiter().GetResult();
        }
    }

    private static GuestLoopOptions Guest(EventLoopOptions? loop = null) => new() { Loop = loop ?? Options() };

    [Fact]
    public void BothSides_AwaitEachOther_OnTheHostsThread() => OnThread(() =>
    {
        var host = new Host();
        int thread = Environment.CurrentManagedThreadId;
        string result = host.Serve(async () =>
        {
            EventLoop? loop = null;
            var fromHost = new TaskCompletionSource<string>();
            var guest = GuestLoop.RunAsync(async () =>
            {
                loop = EventLoop.Current;
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                string heard = await fromHost.Task; // the guest awaits its host
                Assert.Same(loop, EventLoop.Current);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                await EventLoop.Delay(Sec(1));
                return heard + ", then the guest";
            }, host, Guest());
            while (loop is null) await Task.Yield();
            Assert.Equal(5, await loop.SubmitAsync(async () => // the host awaits its guest
            {
                await EventLoop.Yield();
                return 5;
            }));
            Assert.Null(EventLoop.CurrentOrNull);
            fromHost.SetResult("the host");
            return await guest;
        });
        Assert.Equal("the host, then the guest", result);
    });

    [Fact]
    public void BusyGuest_DoesNotStarveItsHost() => OnThread(() =>
    {
        var host = new Host();
        int most = 0, callbacks = 0;
        bool done = false;
        host.Serve(async () =>
        {
            var guest = GuestLoop.RunAsync(async () =>
            {
                // Never idle: only the bound on a batch lets the host in.
                while (!done)
                {
                    callbacks++;
                    await EventLoop.Yield();
                }
            }, host, Guest() with { MaxCallbacks = 16 });
            int before = 0;
            for (int i = 0; i < 200; i++)
            {
                await Task.Yield(); // a turn of the host
                most = Math.Max(most, callbacks - before);
                before = callbacks;
            }
            done = true;
            await guest;
            return 0;
        });
        Assert.InRange(most, 1, 16);
    });

    [Fact]
    public void WaitingGuest_DoesNotBlockItsHost() => OnThread(() =>
    {
        var host = new Host();
        host.Serve(async () =>
        {
            var done = new ManualResetEventSlim();
            EventLoop? loop = null;
            var guest = GuestLoop.RunAsync(async () =>
            {
                loop = EventLoop.Current;
                await EventLoop.Delay(TimeSpan.FromHours(1)); // in real time: only its cancellation ends it here
            }, host, Guest(Options() with { Clock = TimeProvider.System }), Cancelled(out var source));
            for (int i = 0; i < 1000; i++) await Task.Yield();
            Assert.NotNull(loop);
            Assert.False(guest.IsCompleted);
            source.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => guest);
            Assert.True(guest.IsCanceled);
            return 0;
        });

        static CancellationToken Cancelled(out CancellationTokenSource source) => (source = new CancellationTokenSource()).Token;
    });

    [Fact]
    public void Errors_ReachTheTask() => OnThread(() =>
    {
        var host = new Host();
        host.Serve(async () =>
        {
            await Assert.ThrowsAsync<FormatException>(() => GuestLoop.RunAsync(() => throw new FormatException(), host, Guest()));
            await Assert.ThrowsAsync<FormatException>(() => GuestLoop.RunAsync(async () =>
            {
                EventLoop.Current.CallSoon(() => throw new FormatException());
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }, host, Guest()));
            Assert.Equal(4, await GuestLoop.RunAsync(() => Task.FromResult(4), host, Guest()));
            await GuestLoop.RunAsync(() => Task.CompletedTask, host);
            return 0;
        });
    });

    [Fact]
    public void WaitOnTheHostAlone_IsNoStall() => OnThread(() =>
    {
        var host = new Host();
        host.Serve(async () =>
        {
            Future<int>? future = null;
            var guest = GuestLoop.RunAsync(async () => await (future = new Future<int>()), host, Guest());
            while (future is null) await Task.Yield();
            for (int i = 0; i < 100; i++) await Task.Yield();
            future.SetResult(3);
            Assert.Equal(3, await guest);
            return 0;
        });
    });

    [Fact]
    public void HostThatIsGone_TheGuestUnwindsAndSaysSo()
    {
        var queue = new Queue<Action>();
        bool open = true, unwound = false;
        var asleep = new TaskCompletionSource();
        var clock = new VirtualTimeProvider();
        using var held = clock.Join("holds the clock until the host has gone");
        var guest = GuestLoop.RunAsync(async () =>
        {
            try
            {
                asleep.SetResult();
                await EventLoop.Delay(Sec(1));
            }
            finally
            {
                unwound = true;
            }
        }, batch =>
        {
            if (!open) throw new ObjectDisposedException("the window");
            queue.Enqueue(batch);
        }, Guest(Options() with { Clock = clock }));
        OnThread(() =>
        {
            while (!asleep.Task.IsCompleted) queue.Dequeue()();
            open = false;
        });
        held.Dispose();
        Assert.Throws<ObjectDisposedException>(() => OnThread(() => guest.GetAwaiter().GetResult()));
        Assert.True(unwound);
    }

    [Fact]
    public void HostThatRefusesTheFirstPost_TheBodyNeverRuns()
    {
        bool ran = false;
        var guest = GuestLoop.RunAsync(() =>
        {
            ran = true;
            return Task.CompletedTask;
        }, _ => throw new FormatException("no"), Guest());
        Assert.Throws<FormatException>(() => OnThread(() => guest.GetAwaiter().GetResult()));
        Assert.False(ran);
    }

    [Fact]
    public void AsyncLocals_OfTheStarter_AreSeen() => OnThread(() =>
    {
        var host = new Host();
        var local = new AsyncLocal<int> { Value = 6 };
        Assert.Equal(6, host.Serve(() => GuestLoop.RunAsync(async () =>
        {
            await EventLoop.Yield();
            return local.Value;
        }, host, Guest())));
    });

    [Fact]
    public void Options_OutOfRange_AreRefused() =>
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => new GuestLoopOptions { MaxCallbacks = 0 }), "at least 1");
}
