using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Simul;

// The core that knows no tasks: callbacks, deadlines and one place to wait. A turn runs the callbacks that were ready when
// it began; what they make ready waits for the next turn, so nothing can starve timers, I/O or foreign threads.
//
// Clock and driver are looked at when nothing is ready, else after at most MaxStretch callbacks: both together cost some
// 165 ns, ten times a switch. The stretch follows the callbacks' measured length, so that about Stretch of time passes
// between two looks. That a timer is due is therefore noticed at most MaxStretch callbacks late (one, when they are long and
// were before); its callback then stands at the end of the queue, behind whatever is ready; see docs/design.md.
//
// Thread safety: Inject and IsCurrent may be used from any thread. Everything else belongs to the baton holder: the loop's
// thread, or the greenlet it waits for.
internal sealed partial class LoopCore
{
    public const int FullStepBudget = 128;

    private const int MaxStretch = 64;
    private const int Many = 4096; // so many callbacks, and what they need is no longer in the cache
    private static readonly long s_stretch = TimeSpan.FromMicroseconds(100).Ticks;

    [ThreadStatic] private static LoopCore? t_current;

    public readonly ReadyQueue Ready = new();
    public readonly TimerQueue Timers = new();

    private readonly InjectionQueue _injected = new();
    private readonly Stack<IDisposable> _owned = new();
    private readonly ExecutionContext? _baseContext;
    private int _turnLeft;      // callbacks of this turn beyond the chunk
    private int _stretchLeft = MaxStretch; // callbacks until the next look, beyond the chunk
    private int _chunkLeft;     // callbacks that run before anything else is asked
    private int _stretchLength = MaxStretch;
    private long _lastLook;
    private bool _stop;
    private Func<bool>? _until;
    private Thread? _holder;    // of the baton; null while it is between two

    public LoopCore(string name, TimeProvider clock, SchedulingPolicy policy, LoopDriver driver)
    {
        Name = name;
        Driver = driver;
        Clock = LoopClock.For(clock, name, driver);
        _policy = policy == SchedulingPolicy.Fifo ? null : policy;
        Strays = new StrayContinuations(name);
        _baseContext = ExecutionContext.Capture();
        _lastLook = Clock.Now;
    }

    public string Name { get; }

    public LoopDriver Driver { get; }

    public LoopClock Clock { get; }

    // Who is told of what; set once by the face before the loop runs.
    public required ILoopHost Host { get; init; }

    // What gives up the turn, for every task of this loop; set once by the face before the loop runs.
    public IValueTaskSource Yields = null!;

    // The context of the entry that runs now. Code that continued without a context (ConfigureAwait(false) on something the
    // loop completed) belongs to it.
    public SynchronizationContext? EntryContext { get; private set; }

    // Set by whoever leaves another context behind than the running entry began with; reset before the next entry.
    public bool ContextChanged;

    // Continuations that came after the end.
    public StrayContinuations Strays { get; }

    // async void methods under way; any thread, interlocked.
    public int AsyncVoids;

    public int TotalTasks; // loop tasks made; their numbers

    // What is left of the running step's allowance of waits that need not wait.
    public int StepBudget;

    public bool IsClosed { get; private set; }

    public long TotalTurns { get; private set; }

    public long TotalCallbacks { get; private set; }

    public long TotalInjected { get; private set; }

    // The loop whose baton the calling thread holds.
    public static LoopCore? Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => t_current;
    }

    // Compared by the thread, which is at hand wherever its SynchronizationContext is asked for too: one look into the thread's
    // own storage, some 2 ns, instead of two.
    public bool IsCurrent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _holder == Thread.CurrentThread;
    }

    public ExecutionContext? BaseContext => _baseContext;

    // The baton goes to the calling thread, or has come back to it; returns what the thread held before.
    public LoopCore? TakeBaton()
    {
        var previous = t_current;
        previous?._holder = null;
        t_current = this;
        _holder = Thread.CurrentThread;
        return previous;
    }

    public static void ReturnBaton(LoopCore? previous)
    {
        t_current?._holder = null;
        t_current = previous;
        previous?._holder = Thread.CurrentThread;
    }

    // From any thread. False when the loop has closed and the callback was not taken.
    public bool Inject(Delegate callback, object? state, SynchronizationContext? context)
    {
        if (!_injected.TryAdd(new ReadyEntry(callback, state, context), out bool wake)) return false;
        if (wake)
        {
            Clock.Busy();
            Driver.Wake();
        }
        return true;
    }

    // Runs turns until Stop is called, or a condition holds that is looked at before each turn. What throws goes to the host,
    // and the turn goes on behind it.
    public void Run(Func<bool>? until = null)
    {
        _stop = false;
        _until = until;
        var before = SynchronizationContext.Current;
        try
        {
            while (true)
            {
                try
                {
                    RunTurns();
                    return;
                }
                catch (Exception error)
                {
                    ContextChanged = true;
                    if (ExecutionContext.Capture() != _baseContext) RestoreContext();
                    Host.CallbackFailed(error, EntryContext);
                }
            }
        }
        finally
        {
            EntryContext = null;
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    // The moment that lies this far ahead.
    public long DeadlineIn(TimeSpan duration)
    {
        long now = Clock.Now;
        return duration.Ticks <= long.MaxValue - now
            ? now + duration.Ticks
            : throw new ArgumentOutOfRangeException(nameof(duration), duration, "The wait would end after the end of time. Use Timeout.InfiniteTimeSpan to wait for a cancellation.");
    }

    // Ends Run after the current turn.
    public void Stop() => _stop = true;

    public void Own(IDisposable resource) => _owned.Push(resource);

    private void RunTurns()
    {
        while (true)
        {
            if (Watch is { } watch) RunTurnWatched(watch);
            else RunTurn();
            if (_stop || (_until is not null && _until())) return;
            if (_injected.HasItems) TotalInjected += _injected.Drain(Ready);
            if (Ready.Count == 0) WaitForWork();
            int turn = Ready.Count;
            TotalTurns++;
            TotalCallbacks += turn;
            _turnLeft = turn;
            if (_policy is not null) Arrange(turn); // may throw; the turn runs all the same
        }
    }

    // A method of its own, so that it is compiled anew with what the first turns have taught; a loop that never ends is not.
    // Inlined into one that never ends it would be replaced in the middle of its run, for the worse: 2 ns a switch (yield,
    // switch_1000).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunTurn()
    {
        while (true)
        {
            while (_chunkLeft > 0)
            {
                _chunkLeft--;
                StepBudget = FullStepBudget;
                object state = Ready.Pop(out var context);
                if (EntryContext != context || ContextChanged) Enter(context);
                // An async method puts both contexts back as it found them, so there is nothing to look after.
                if (state.GetType() == typeof(Action)) Unsafe.As<Action>(state)();
                else if (!ReadyQueue.IsItem(state) && state != context) ReadyQueue.RunUsual(state);
                else RunBare(state);
            }
            if (_turnLeft == 0) return;
            if (_stretchLeft <= 0) LookAround();
            _chunkLeft = Math.Min(_turnLeft, _stretchLeft);
            _turnLeft -= _chunkLeft;
            _stretchLeft -= _chunkLeft;
            if (_turnLeft > Many) Ready.Expect(_chunkLeft);
        }
    }

    private void Enter(SynchronizationContext? context)
    {
        ContextChanged = false;
        EntryContext = context;
        SynchronizationContext.SetSynchronizationContext(context);
    }

    // A plain callback, or a task's first step. Either may leave another context behind.
    private void RunBare(object state)
    {
        // An AsyncLocal that another one has set must not leak into this one.
        if (ExecutionContext.Capture() != _baseContext) RestoreContext();
        ContextChanged = true;
        if (ReadyQueue.IsItem(state)) Ready.RunItem(state);
        else Unsafe.As<IStartable>(state).StartOnLoop();
    }

    private void RestoreContext()
    {
        if (_baseContext is not null) ExecutionContext.Restore(_baseContext);
    }

    // Timers and I/O while there is work: their callbacks go to the end of the queue.
    private void LookAround()
    {
        long now = Clock.Now;
        long took = now - _lastLook;
        _lastLook = now;
        if (took > s_stretch) _stretchLength = (int)Math.Max(1, _stretchLength * s_stretch / took);
        else if (_stretchLength < MaxStretch) _stretchLength = Math.Min(MaxStretch, _stretchLength * 2);
        _stretchLeft = _stretchLength;
        if (Timers.NextDeadline <= now) FireTimers(now);
        Driver.Poll();
    }

    private void WaitForWork()
    {
        while (true)
        {
            FireTimers(Clock.Now);
            Driver.Poll();
            if (Ready.Count > 0) break;
            if (_injected.HasItems)
            {
                TotalInjected += _injected.Drain(Ready);
                break;
            }
            if (ExecutionContext.Capture() != _baseContext) RestoreContext();
            var plan = Host.Idle(Timers.NextDeadline);
            if (_stop || Ready.Count > 0) break;
            // A sleeping loop must not keep the last task alive that ran on it.
            EntryContext = null;
            SynchronizationContext.SetSynchronizationContext(null);
            if (!_injected.TrySleep()) continue;
            try
            {
                if (plan.Grace > TimeSpan.Zero) Driver.Wait(plan.Grace);
                if (!_injected.HasItems) Clock.Wait(Driver, plan.Until, plan.ForOthers);
            }
            finally
            {
                _injected.Awake();
            }
        }
        _lastLook = Clock.Now;
        _stretchLeft = _stretchLength;
    }
}
