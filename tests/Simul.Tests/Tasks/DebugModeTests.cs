namespace Simul.Tests.Tasks;

/// <summary>Each thing that debug mode finds, found.</summary>
public class DebugModeTests
{
    private static readonly TimeSpan s_never = Timeout.InfiniteTimeSpan;

    // What a run in debug mode says.
    private static List<string> Findings(Func<Task> main, Func<DebugOptions, DebugOptions>? change = null, Action<string>? heard = null, Func<EventLoopOptions, EventLoopOptions>? more = null)
    {
        List<string> findings = [];
        var debug = new DebugOptions { BlockedAfter = s_never, CancelledHeldAfter = s_never, SlowCallback = TimeSpan.FromHours(1) };
        if (change is not null) debug = change(debug);
        Run(main, o =>
        {
            o = o with
            {
                Debug = debug,
                Log = line =>
                {
                    lock (findings) findings.Add(line);
                    heard?.Invoke(line);
                },
            };
            return more is null ? o : more(o);
        });
        return findings;
    }

    private static void Finding(List<string> findings, params string[] words)
    {
        string finding = Assert.Single(findings);
        foreach (string word in words) Assert.Contains(word, finding, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Nothing_IsWrong_NothingIsSaid() => Assert.Empty(Findings(() => TaskGroup.RunAsync(async group =>
    {
        var gate = new AsyncLock();
        group.Spawn(async () =>
        {
            using (await gate.LockAsync()) await EventLoop.Delay(Sec(1));
        });
        group.Spawn(async () => (await gate.LockAsync()).Dispose());
        group.Spawn(() => Greenlet.RunAsync(() => Greenlet.Delay(Sec(1))));
        var future = new Future<int>();
        group.Spawn(async () => await Raises<FormatException>(async () => await future));
        await EventLoop.Delay(Sec(1));
        future.SetException(new FormatException());
        await Task.Run(() => { });
    }), o => o with { BlockedAfter = TimeSpan.FromHours(1), CancelledHeldAfter = TimeSpan.FromHours(1) }));

    // A7
    [Fact]
    [Seeds(0)] // compiled for good, its methods are merged, and a site is that of their caller
    public void SlowCallback_IsReported_WithTaskAndCreationSite()
    {
        var clock = new HandClock();
        Finding(
            Findings(() => TaskGroup.RunAsync(async group =>
            {
                group.Spawn(async () =>
                {
                    await EventLoop.Yield();
                    clock.Advance(TimeSpan.FromMilliseconds(61));
                    await EventLoop.Yield();
                    clock.Advance(TimeSpan.FromMilliseconds(49));
                }, "sluggish");
                await EventLoop.Delay(Sec(1));
            }), _ => new DebugOptions { Clock = clock, BlockedAfter = s_never, CancelledHeldAfter = s_never }),
            "slow callback", "Task 'sluggish'", "61 ms", "spawned at DebugModeTests.SlowCallback", "DebugModeTests.cs:", "limit 50 ms", "Yield");
    }

    [Fact]
    public void WaitNeverAwaited_IsReportedWhenItsScopeCloses() => Finding(
        Findings(() => TaskGroup.RunAsync(async group =>
        {
            var gate = new AsyncLock("gate");
            using var hold = await gate.LockAsync();
            group.Spawn(() =>
            {
                _ = gate.LockAsync();
                return Task.CompletedTask;
            }, "careless");
            await EventLoop.Delay(Sec(1));
        })),
        "Task 'careless'", "spawned at", "the lock 'gate'", "never awaited", "Await the ValueTask");

    [Fact]
    public void WaitGrantedAndNeverAwaited_IsReportedAsLost() => Finding(
        Findings(async () =>
        {
            var gate = new AsyncLock("gate");
            var hold = await gate.LockAsync();
            var careless = EventLoop.Current.Spawn(async () =>
            {
                _ = gate.LockAsync();
                await EventLoop.Delay(Sec(1));
            }, "careless");
            await EventLoop.WaitAllBlockedAsync();
            hold.Dispose();
            await careless;
        }),
        "Task 'careless'", "lost", "never awaited");

    [Fact]
    public void TaskThatFailedUnobserved_IsReportedWithItsCreationSite()
    {
        List<Exception> unhandled = [];
        Finding(
            Findings(async () =>
            {
                EventLoop.Current.Spawn(() => throw new FormatException("no number"), "forgotten");
                await EventLoop.Delay(Sec(1));
            }, more: o => o with { UnhandledError = unhandled.Add }),
            "Task 'forgotten'", "spawned at DebugModeTests.", "nobody awaits it", "FormatException", "no number");
        Assert.IsType<FormatException>(Assert.Single(unhandled));
    }

    [Fact]
    public void FutureThatFailedUnobserved_IsReportedAtTheEnd() => Finding(
        Findings(async () =>
        {
            new Future<int>().SetException(new FormatException("no number"));
            var observed = new Future<int>();
            observed.SetException(new FormatException("seen"));
            await Raises<FormatException>(async () => await observed);
        }),
        "a future failed", "nobody ever asked", "FormatException: no number", "completed at DebugModeTests.");

    [Fact]
    [Seeds(0)] // compiled for good, its methods are merged, and a site is that of their caller
    public void AsyncVoid_IsReported_OncePerPlace()
    {
        Finding(
            Findings(async () =>
            {
                for (int i = 0; i < 3; i++) ForgetAsync();
                await EventLoop.Delay(Sec(1));
            }),
            "async void", "DebugModeTests", "ForgetAsync", "Task 'main'", "Return Task");

        static async void ForgetAsync() => await EventLoop.Yield();
    }

    [Fact]
    public void BlockingWait_OnTheLoop_IsReported() => Finding(
        Findings(() =>
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var helper = new Thread(() => gate.SetResult());
            // The wait is heard before it blocks; the helper begins when it is.
            using var begun = new BeginWhenHeard(helper);
            gate.Task.Wait();
            return Task.CompletedTask;
        }, heard: _ => BeginWhenHeard.Current?.Begin()),
        "blocking wait", "Task 'main'", "BlockingWait_OnTheLoop_IsReported", "Await it instead");

    [Fact]
    [Seeds(0)] // it asks for the name of its thread
    public void BlockedLoop_IsReportedWhileItIsBlocked()
    {
        using var released = new ManualResetEventSlim();
        Finding(
            Findings(() => TaskGroup.RunAsync(group =>
            {
                group.Spawn(() =>
                {
                    released.Wait(); // until the watchdog has spoken
                    return Task.CompletedTask;
                }, "blocker");
                return Task.CompletedTask;
            }), o => o with { BlockedAfter = TimeSpan.FromMilliseconds(20) }, _ => released.Set()),
            "blocked", "Task 'blocker'", "spawned at", "thread 'test'", "is blocked");
    }

    [Fact]
    public void ComputingLoop_IsReportedAsComputing()
    {
        bool heard = false;
        Finding(
            Findings(() =>
            {
                while (!Volatile.Read(ref heard)) Thread.SpinWait(100);
                return Task.CompletedTask;
            }, o => o with { BlockedAfter = TimeSpan.FromMilliseconds(20) }, _ => Volatile.Write(ref heard, true)),
            "blocked", "Task 'main'", "is computing", "executor");
    }

    [Fact]
    public void LockHeldByAParkedGreenlet_TheWatchdogNamesBoth()
    {
        Thread loopThread = null!;
        Finding(
            Findings(() => TaskGroup.RunAsync(async group =>
            {
                loopThread = Thread.CurrentThread;
                var gate = new object();
                var never = new Future<int>();
                group.Spawn(() => Greenlet.RunAsync(() =>
                {
                    lock (gate) Greenlet.Await(never);
                }), "holder");
                await EventLoop.WaitAllBlockedAsync();
                group.Spawn(() =>
                {
                    Assert.Throws<ThreadInterruptedException>(() => Monitor.Enter(gate));
                    never.SetResult(1);
                    return Task.CompletedTask;
                }, "wants it");
            }), o => o with { BlockedAfter = TimeSpan.FromMilliseconds(20) }, _ => loopThread.Interrupt()),
            "blocked", "Task 'wants it'", "C# lock", "greenlet", "Task 'holder'");
    }

    [Fact]
    public void CancelledScope_HeldByAForeignAwait_IsReported()
    {
        var foreign = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Finding(
            Findings(async () =>
            {
                using var hold = EventLoop.Current.HoldOpen();
                await CancelScope.RunAsync(async scope =>
                {
                    scope.Cancel();
                    await DeafAsync();
                });
            }, o => o with { CancelledHeldAfter = TimeSpan.FromMilliseconds(20) }, _ => foreign.SetResult()),
            "the cancel scope in Task 'main'", "was cancelled", "still held", "waits in DebugModeTests.", "no cancellation reaches", "Interruptible");

        async Task DeafAsync() => await foreign.Task;
    }

    [Fact]
    public void CancelledScope_LeftInTime_IsNotReported() => Assert.Empty(Findings(
        () => CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.Delay(Sec(9)).AsTask()),
        o => o with { CancelledHeldAfter = TimeSpan.FromHours(1) }));

    // Affinity is checked always; the message says which thread it was.
    [Fact]
    public void WrongThread_TheMessageNamesIt() => Run(() =>
    {
        var gate = new AsyncLock();
        LoopAffinityException? error = null;
        var thread = new Thread(() => error = Assert.Throws<LoopAffinityException>(() => { _ = gate.LockAsync(); })) { Name = "stranger" };
        thread.Start();
        thread.Join();
        Says(error!, "'stranger'", $"({thread.ManagedThreadId})");
        return Task.CompletedTask;
    });

    private sealed class HandClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public void Advance(TimeSpan time) => Volatile.Write(ref _now, _now + time.Ticks);
    }

    private sealed class BeginWhenHeard : IDisposable
    {
        private readonly Thread _thread;

        public BeginWhenHeard(Thread thread) => (_thread, Current) = (thread, this);

        [field: ThreadStatic]
        public static BeginWhenHeard? Current { get; private set; }

        public void Begin() => _thread.Start();

        public void Dispose() => Current = null;
    }
}
