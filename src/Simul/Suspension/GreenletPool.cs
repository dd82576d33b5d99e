using System.Runtime.CompilerServices;

namespace Simul;

// The stacks of one loop's greenlets, kept for the next one. Freed with the loop.
// Owner: the loop's baton holder, but for what says otherwise.
internal sealed class GreenletPool : IDisposable
{
    // Memory maps a thread takes: its stack and the guard below it, the signal handler's stack and its guard; one more for the
    // rest of the process.
    private const int MapsAStack = 5;

    // So often in a row the same greenlet is resumed before it counts as the only one at work.
    private const int AloneAfter = 3;

    private static readonly ConditionalWeakTable<LoopCore, GreenletPool> s_pools = [];
    private static readonly int s_mostStacks = MostStacks();
    private static int s_stacks; // of all loops; interlocked

    private readonly GreenletOptions _options;
    private readonly Stack<GreenletThread> _idle = new();
    private GreenletThread? _firstAlive;
    private GreenletThread? _running;
    private GreenletThread? _lastResumed;
    private Patience _loopPatience;
    private int _inARow;
    private int _alive;
    private int _made;
    private long _totalStarted;
    private long _totalSwitches;
    private bool _disposed;

    private GreenletPool(LoopCore core, GreenletOptions options)
    {
        Core = core;
        _options = options;
        Spins = Patience.SpinsIn(options.SpinTime);
        MayWatch = options.SpinTime > TimeSpan.Zero;
    }

    public LoopCore Core { get; }

    // Where the loop's thread waits for a greenlet to give the baton back.
    public ParkingSpot LoopSpot { get; } = new();

    // How long to watch for a signal before sleeping; zero with one processor.
    public int Spins { get; }

    private bool MayWatch { get; }

    // The greenlet that was given the baton last. Thread safety: read by one that watches for its signal, while others run.
    public GreenletThread? LastResumed => Volatile.Read(ref _lastResumed);

    // Who holds the baton; null for the loop's thread. Thread safety: a watchdog may read it while others run.
    public GreenletThread? Running => Volatile.Read(ref _running);

    // Those that wait.
    public IEnumerable<GreenletThread> Parked
    {
        get
        {
            for (var thread = _firstAlive; thread is not null; thread = thread.Next)
            {
                if (thread.State == GreenletState.Parked) yield return thread;
            }
        }
    }

    // Before the loop runs.
    public static void Configure(LoopCore core, GreenletOptions options)
    {
        options.Validate();
        if (options != GreenletOptions.Default) s_pools.Add(core, Make(core, options));
    }

    public static GreenletPool Of(LoopCore core) => s_pools.GetValue(core, static c => Make(c, GreenletOptions.Default));

    public static GreenletPool? Find(LoopCore core) => s_pools.TryGetValue(core, out var pool) ? pool : null;

    public GreenletStatistics GetStatistics() => new(_alive, Parked.Count(), _idle.Count, _totalStarted, _totalSwitches);

    public void Start(GreenletBody body)
    {
        if (_alive >= _options.MaxGreenlets) throw GreenletLimitException.OfLoop(Core.Name, _options.MaxGreenlets);
        bool fresh = !_idle.TryPop(out var thread);
        if (fresh) thread = NewThread();
        Add(thread!);
        _totalStarted++;
        try
        {
            thread!.Start(body);
        }
        catch (Exception error) when (fresh && error is OutOfMemoryException or ThreadStartException)
        {
            Remove(thread!);
            StackFreed();
            throw GreenletLimitException.OfSystem(_alive, error);
        }
    }

    // The body has ended; the thread still holds the baton.
    public bool TryKeep(GreenletThread thread)
    {
        Remove(thread);
        if (_disposed || _idle.Count >= _options.MaxIdleStacks) return false;
        _idle.Push(thread);
        return true;
    }

    // The baton goes to a greenlet; returns who had it.
    public GreenletThread? Switching(GreenletThread to)
    {
        _totalSwitches++;
        _inARow = to == _lastResumed ? _inARow + 1 : 0;
        Volatile.Write(ref _lastResumed, to);
        var before = _running;
        Volatile.Write(ref _running, to);
        return before;
    }

    public void Switched(GreenletThread? back) => Volatile.Write(ref _running, back);

    // The only greenlet at work may watch for its next turn. With several, each would stand in the others' way.
    public bool IsAlone(GreenletThread thread) => MayWatch && _inARow >= AloneAfter && _lastResumed == thread;

    // The loop's thread has given the baton away. With several processors it watches for it whoever has it; with one, it makes
    // room only for a greenlet that takes turns with it alone.
    public void WatchForReturn(GreenletThread thread)
    {
        if (MayWatch && (Spins > 0 || _inARow >= AloneAfter)) _loopPatience.Watch(LoopSpot, Spins, this, thread);
    }

    public static void StackFreed() => Interlocked.Decrement(ref s_stacks);

    // The loop has ended. Order: those still parked are unwound; what that made ready runs; the idle threads end; all are
    // awaited, so that no thread outlives the loop.
    public void Dispose()
    {
        _disposed = true;
        List<GreenletThread> ending = [.. _idle];
        while (_firstAlive is not null)
        {
            while (_firstAlive is { } thread)
            {
                if (Unwind(thread)) ending.Add(thread);
            }
            if (Core.Ready.Count > 0) Core.Run(until: () => Core.Ready.Count == 0);
        }
        while (_idle.TryPop(out var idle)) idle.End();
        foreach (var thread in ending) thread.Join();
    }

    // False when it had to be given up.
    private bool Unwind(GreenletThread thread)
    {
        thread.Unwind();
        if (thread.State != GreenletState.Abandoned) return true;
        Remove(thread);
        Core.Host.CallbackFailed(new InvalidOperationException($"{thread.Name} goes on waiting although {Core.Name} has ended, and swallows the cancellations it gets. Its thread was given up; let OperationCanceledException through."), null);
        return false;
    }

    private static GreenletPool Make(LoopCore core, GreenletOptions options)
    {
        var pool = new GreenletPool(core, options);
        core.Own(pool);
        return pool;
    }

    private GreenletThread NewThread()
    {
        if (Interlocked.Increment(ref s_stacks) > s_mostStacks)
        {
            StackFreed();
            throw GreenletLimitException.OfProcess(s_mostStacks);
        }
        return new GreenletThread(this, ++_made, _options.StackSize);
    }

    private void Add(GreenletThread thread)
    {
        _alive++;
        thread.Next = _firstAlive;
        if (_firstAlive is not null) _firstAlive.Previous = thread;
        _firstAlive = thread;
    }

    private void Remove(GreenletThread thread)
    {
        _alive--;
        if (thread.Previous is null) _firstAlive = thread.Next;
        else thread.Previous.Next = thread.Next;
        if (thread.Next is not null) thread.Next.Previous = thread.Previous;
        thread.Next = thread.Previous = null;
    }

    // Beyond vm.max_map_count the runtime ends the process from a place where nothing can be caught.
    private static int MostStacks()
    {
        if (!OperatingSystem.IsLinux()) return int.MaxValue;
        const int Usual = 65_530;
        try
        {
            return int.TryParse(File.ReadAllText("/proc/sys/vm/max_map_count"), out int maps) ? maps / MapsAStack : Usual / MapsAStack;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Usual / MapsAStack;
        }
    }
}
