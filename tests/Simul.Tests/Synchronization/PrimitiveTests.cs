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
}
