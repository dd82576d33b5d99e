using System.Diagnostics;
using System.Reflection;

namespace Simul.Tests.Synchronization;

// What all primitives have in common.
public class PrimitiveTests
{
    private static readonly AsyncLock s_guard = new();

    // Each with a way to take, or to wait, that has to be on the loop.
    private static readonly (string Kind, string BetweenThreads, Func<string?, object> Make, Action<object> Take)[] s_all =
    [
        ("lock", "SemaphoreSlim", n => new AsyncLock(n), p => _ = ((AsyncLock)p).LockAsync()),
        ("lock", "SemaphoreSlim", n => new AsyncLock(n), p => ((AsyncLock)p).TryLock(out _)),
        ("semaphore", "SemaphoreSlim", n => new AsyncSemaphore(1, name: n), p => _ = ((AsyncSemaphore)p).WaitAsync()),
        ("semaphore", "SemaphoreSlim", n => new AsyncSemaphore(1, name: n), p => ((AsyncSemaphore)p).TryWait()),
        ("event", "ManualResetEventSlim", n => new AsyncEvent(name: n), p => _ = ((AsyncEvent)p).WaitAsync()),
        ("condition", "Monitor", n => new AsyncCondition(s_guard, n), p => _ = ((AsyncCondition)p).WaitAsync()),
        ("condition", "Monitor", n => new AsyncCondition(s_guard, n), p => ((AsyncCondition)p).Notify()),
        ("barrier", "System.Threading.Barrier", n => new AsyncBarrier(2, n), p => _ = ((AsyncBarrier)p).SignalAndWaitAsync()),
        ("limiter", "SemaphoreSlim", n => new CapacityLimiter(1, n), p => _ = ((CapacityLimiter)p).AcquireAsync()),
        ("limiter", "SemaphoreSlim", n => new CapacityLimiter(1, n), p => ((CapacityLimiter)p).TryAcquire(out _)),
        ("reader-writer lock", "ReaderWriterLockSlim", n => new AsyncReaderWriterLock(n), p => _ = ((AsyncReaderWriterLock)p).ReadLockAsync()),
        ("reader-writer lock", "ReaderWriterLockSlim", n => new AsyncReaderWriterLock(n), p => _ = ((AsyncReaderWriterLock)p).WriteLockAsync()),
        ("reader-writer lock", "ReaderWriterLockSlim", n => new AsyncReaderWriterLock(n), p => ((AsyncReaderWriterLock)p).TryReadLock(out _)),
        ("reader-writer lock", "ReaderWriterLockSlim", n => new AsyncReaderWriterLock(n), p => ((AsyncReaderWriterLock)p).TryWriteLock(out _)),
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, s_all.Length)];

    [Theory]
    [MemberData(nameof(All))]
    public void Taking_OffTheLoop_ThrowsAndNamesTheTypeForThreads(int which)
    {
        var (kind, betweenThreads, make, take) = s_all[which];
        OnThread(() => Says(Assert.Throws<LoopAffinityException>(() => take(make("mine"))), $"The {kind} 'mine'", "EventLoop.Run", betweenThreads));
        OnThread(() => Says(Assert.Throws<LoopAffinityException>(() => take(make(null))), $"This {kind}"));
    }

    // A10
    [Theory]
    [MemberData(nameof(All))]
    public void Taking_OnASecondLoop_ThrowsAndNamesTheFirst(int which)
    {
        var (kind, betweenThreads, make, take) = s_all[which];
        object primitive = make("shared");
        Run(() =>
        {
            if (kind == "condition") Assert.Throws<SynchronizationLockException>(() => take(primitive));
            else take(primitive);
            return Task.CompletedTask;
        }, o => o with { Name = "the first" });
        var error = OnThread(() => Assert.Throws<LoopAffinityException>(() => take(primitive)));
        Says(error, $"The {kind} 'shared'", "the first", betweenThreads);
        Run(() =>
        {
            Says(Assert.Throws<LoopAffinityException>(() => take(primitive)), "the first");
            return Task.CompletedTask;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Name_IsShown(int which)
    {
        var (kind, _, make, _) = s_all[which];
        object primitive = make("mine");
        Assert.Equal("mine", primitive.GetType().GetProperty("Name")!.GetValue(primitive));
        Assert.Null(make(null).GetType().GetProperty("Name")!.GetValue(make(null)));
        Assert.Equal("{Describe(),nq}", primitive.GetType().GetCustomAttribute<DebuggerDisplayAttribute>()!.Value);
        object shown = primitive.GetType().GetMethod("Describe", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(primitive, null)!;
        Assert.StartsWith($"the {kind} 'mine'", (string)shown);
        Assert.StartsWith($"the {kind}", ((IWaitSubject)make(null)).Describe());
    }

    // Each with something to give back that was taken on a loop.
    private static readonly (string Kind, Func<Task<Action>> Take)[] s_givingBack =
    [
        ("lock", async () => (await new AsyncLock().LockAsync()).Dispose),
        ("read lock", async () => (await new AsyncReaderWriterLock().ReadLockAsync()).Dispose),
        ("write lock", async () => (await new AsyncReaderWriterLock().WriteLockAsync()).Dispose),
        ("lease", async () => (await new CapacityLimiter(1).AcquireAsync()).Dispose),
        ("total", async () =>
        {
            var limiter = new CapacityLimiter(1);
            (await limiter.AcquireAsync()).Dispose();
            return () => limiter.Total = 5;
        }),
        ("semaphore", async () =>
        {
            var permits = new AsyncSemaphore(1, maximum: 1);
            await permits.WaitAsync();
            return permits.Release;
        }),
        ("event", async () =>
        {
            var signal = new AsyncEvent(isSet: true);
            await signal.WaitAsync();
            return () =>
            {
                signal.Reset();
                signal.Set();
            };
        }),
        ("barrier", async () =>
        {
            var barrier = new AsyncBarrier(1);
            await barrier.SignalAndWaitAsync();
            return () =>
            {
                barrier.Abort();
                barrier.Reset();
            };
        }),
        ("channel", async () =>
        {
            var channel = LoopChannel.CreateUnbounded<int>();
            await channel.Writer.WriteAsync(1);
            await channel.Reader.ReadAsync();
            return () =>
            {
                channel.Writer.TryComplete();
                channel.Shutdown(immediate: true);
            };
        }),
    ];

    public static TheoryData<string> GivingBack => [.. s_givingBack.Select(each => each.Kind)];

    // finally blocks may run when the loop is gone: there is nobody left to be given anything.
    [Theory]
    [MemberData(nameof(GivingBack))]
    public void GivingBack_AfterTheLoopEnded_IsSilent(string kind)
    {
        Action giveBack = () => { };
        Run(async () => giveBack = await s_givingBack.Single(each => each.Kind == kind).Take());
        giveBack();
        giveBack();
        Run(() =>
        {
            giveBack();
            return Task.CompletedTask;
        });
    }

    // What is found out on the loop goes to its handler: the thread that gave back is long gone.
    [Fact]
    public void GivingBackTooOften_FromAnotherThread_GoesToTheHandler()
    {
        List<Exception> errors = [];
        Run(async () =>
        {
            var gate = new AsyncLock("gate");
            var hold = await gate.LockAsync();
            var permits = new AsyncSemaphore(0, maximum: 1, name: "permits");
            permits.TryWait();
            await Task.Run(() =>
            {
                hold.Dispose();
                hold.Dispose();
                permits.Release();
                permits.Release();
            });
            await Settle();
            await permits.WaitAsync();
            (await gate.LockAsync()).Dispose();
        }, o => o with { UnhandledError = errors.Add });
        Assert.Equal(2, errors.Count);
        Assert.Contains(errors, error => error.Message.Contains("gate", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Message.Contains("permits", StringComparison.Ordinal));
    }
}
