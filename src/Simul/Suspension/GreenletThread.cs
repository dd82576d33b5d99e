using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

// One greenlet's stack: a thread that runs only while it holds the loop's baton.
//
//   idle      Start -> running
//   running   Park -> parked; its body ends -> idle, or ended; is unwound and goes on waiting -> abandoned
//   parked    Resume, Unwind -> running
//
// Switching is two signals: whoever holds the baton gives it (the greenlet's spot) and sleeps on its own spot until it comes
// back. Between them exactly one of the two runs, so everything that belongs to the loop needs no lock on either side, and no
// field here is touched by two at once. The exceptions say so. docs/internals/greenlets.md has the drawing.
[DebuggerDisplay("{Name,nq}: {State}")]
internal sealed class GreenletThread : IAwaitLink
{
    // Cancellations that an unwound greenlet may swallow before it is given up.
    private const int MostRefusals = 1000;

    [ThreadStatic] private static GreenletThread? t_current;

    private static readonly Action<object?> s_resume = static x => ((GreenletThread)x!).ResumeOnLoop();

    private readonly GreenletPool _pool;
    private readonly ParkingSpot _spot = new();
    private readonly Thread _thread;
    private ParkingSpot? _returnTo;         // who gave the baton and waits for it
    private GreenletBody? _body;            // set by Start, taken by the thread
    private SynchronizationContext? _scope; // the scope the greenlet starts in
    private ExecutionContext? _context;
    private ClockMember? _clock;
    private Patience _patience;
    private bool _started;
    private bool _resumedEarly;             // by a wait that had ended before the greenlet parked
    private bool _unwinding;                // set by the pool when the loop has ended; every wait throws
    private int _refusals;
    private volatile GreenletState _state;  // written by the baton holder; a watchdog may read it

    public GreenletThread(GreenletPool pool, int number, int stackSize)
    {
        _pool = pool;
        Name = $"{pool.Core.Name} greenlet {number}";
        Resume = ResumeNow;
        _thread = new Thread(RunBodies, stackSize) { IsBackground = true, Name = Name };
    }

    public static GreenletThread? Current => t_current;

    // Links of the pool's list of the living.
    public GreenletThread? Next { get; set; }

    public GreenletThread? Previous { get; set; }

    // Thread safety: any thread.
    public string Name { get; }

    // Thread safety: any thread.
    public GreenletState State => _state;

    // What ends with the greenlet that runs here now.
    public Task? Outcome { get; private set; }

    public string Method => "greenlet";

    // What the greenlet's waits call when they have ended.
    public Action Resume { get; }

    public void Start(GreenletBody body)
    {
        Outcome = body.Outcome;
        _body = body;
        _scope = LoopScope.Require(); // also where the starter continued without a context
        _context = ExecutionContext.Capture();
        _clock = ClockMember.Current;
        SwitchTo();
    }

    // Called by the greenlet before it registers a wait: one that is unwound waits for nothing any more.
    public void ThrowIfUnwinding()
    {
        if (!_unwinding) return;
        if (++_refusals > MostRefusals) GiveUp();
        throw Unwound();
    }

    // Called by the greenlet: gives the baton back until somebody resumes it.
    public void Park()
    {
        if (_resumedEarly)
        {
            _resumedEarly = false;
            return;
        }
        _state = GreenletState.Parked;
        LoopCore.ReturnBaton(null);
        _pool.Core.Watch?.GreenletParks(_thread, SynchronizationContext.Current);
        bool alone = _pool.IsAlone(this);
        _returnTo!.Signal();
        if (alone) _patience.Watch(_spot, _pool.Spins, _pool, this);
        _spot.Wait();
        _pool.Core.TakeBaton();
        _pool.Core.Watch?.GreenletGoesOn(_thread);
        _state = GreenletState.Running;
        if (_unwinding) throw Unwound();
    }

    // The loop has ended and nothing will resume it: its wait throws, so that its finally blocks run and its thread ends.
    public void Unwind()
    {
        _unwinding = true;
        SwitchTo();
    }

    // Ends an idle thread.
    public void End()
    {
        _state = GreenletState.Ended;
        _spot.Signal();
    }

    public void Join() => _thread.Join();

    // Called by whoever holds the baton: the loop's thread, or another greenlet that starts this one.
    private void SwitchTo()
    {
        var spot = t_current?._spot ?? _pool.LoopSpot;
        var before = _pool.Switching(this);
        _returnTo = spot;
        _pool.Core.Watch?.BatonGoesTo(_thread);
        if (_started) _spot.Signal();
        else StartThread();
        if (spot == _pool.LoopSpot) _pool.WatchForReturn(this);
        spot.Wait();
        _pool.Core.TakeBaton();
        _pool.Core.Watch?.BatonGoesTo(Thread.CurrentThread);
        _pool.Switched(before);
    }

    private void StartThread()
    {
        _thread.UnsafeStart(); // may throw: out of threads
        _started = true;
    }

    private void ResumeNow()
    {
        if (_pool.Core.IsCurrent) ResumeOnLoop();
        // A foreign wait that heeds no context called from a thread of its own. When the loop has closed nobody is parked.
        else _pool.Core.Inject(s_resume, this, _pool.Core.Host.RootContext);
    }

    private void ResumeOnLoop()
    {
        if (_state == GreenletState.Parked) SwitchTo();
        else if (_state == GreenletState.Running && !_unwinding) _resumedEarly = true;
        // Else it was unwound meanwhile, and what it had waited for comes too late.
    }

    private void RunBodies()
    {
        t_current = this;
        var clean = ExecutionContext.Capture();
        while (_body is not null)
        {
            RunBody(clean);
            LoopCore.ReturnBaton(null);
            // Whether the thread is kept is decided while it still holds the baton.
            bool kept = _pool.TryKeep(this);
            _state = kept ? GreenletState.Idle : GreenletState.Ended;
            _returnTo!.Signal();
            if (!kept) break;
            _spot.Wait();
        }
        GreenletPool.StackFreed();
    }

    // A method of its own: in the frame of one that runs for the thread's life, code that is not optimized yet would keep the
    // body and its context alive while the thread is idle.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunBody(ExecutionContext? clean)
    {
        var body = _body!;
        _body = null;
        _pool.Core.TakeBaton();
        ClockMember.Current = _clock;
        SynchronizationContext.SetSynchronizationContext(_scope);
        Restore(_context ?? clean);
        _state = GreenletState.Running;
        body.Run();
        // An idle thread keeps nothing alive.
        SynchronizationContext.SetSynchronizationContext(null);
        Restore(clean);
        _scope = null;
        _context = null;
        Outcome = null;
    }

    // Goes on waiting although its loop has ended, and swallows what it is told. The thread sleeps for ever, rather than keep
    // the loop's thread from ending.
    private void GiveUp()
    {
        _state = GreenletState.Abandoned;
        LoopCore.ReturnBaton(null);
        _returnTo!.Signal();
        while (true) _spot.Wait();
    }

    private OperationCanceledException Unwound() => new($"{Name} was still waiting when {_pool.Core.Name} had ended; nothing can resume it any more, so each of its waits ends with this.", new CancellationToken(true));

    private static void Restore(ExecutionContext? context)
    {
        if (context is not null) ExecutionContext.Restore(context);
    }
}
