namespace Simul;

// One greenlet's stack: a thread that runs only while it holds the loop's baton.
//
//   idle     Start -> running
//   running  Park -> parked; body ends -> idle, or the thread ends
//   parked   Resume -> running
//
// Switching is two signals: the loop's thread gives the baton (_go) and waits for it (_back). Between them exactly one of the
// two runs, so everything that belongs to the loop needs no lock on either side.
internal sealed class GreenletThread : IAwaitLink
{
    [ThreadStatic] private static GreenletThread? t_current;

    private readonly GreenletPool _pool;
    private readonly LoopCore _core;
    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _back = new(0);
    private Action? _body;                 // set by Start, taken by the thread
    private SynchronizationContext? _scope; // the scope the greenlet starts in
    private ExecutionContext? _context;
    private ClockMember? _clock;
    private readonly Thread _thread;

    public GreenletThread(GreenletPool pool, LoopCore core, int number)
    {
        _pool = pool;
        _core = core;
        Resume = SwitchTo;
        _thread = new Thread(RunBodies) { IsBackground = true, Name = $"{core.Name} greenlet {number}" };
        _thread.UnsafeStart();
    }

    public static GreenletThread? Current => t_current;

    // What ends with the greenlet that runs here now.
    public Task? Outcome { get; private set; }

    public string Method => "greenlet";

    // What the greenlet's waits call, on the loop's thread, when they have ended.
    public Action Resume { get; }

    public void Start(Action body, Task outcome)
    {
        Outcome = outcome;
        _body = body;
        _scope = LoopScope.Require(); // also where the starter continued without a context
        _context = ExecutionContext.Capture();
        _clock = ClockMember.Current;
        SwitchTo();
    }

    // Called by the greenlet: gives the baton back until somebody resumes it.
    public void Park()
    {
        _core.Watch?.GreenletParks(_thread, SynchronizationContext.Current);
        LoopCore.ReturnBaton(null);
        _back.Release();
        _go.Wait();
        _core.TakeBaton();
        _core.Watch?.GreenletGoesOn(_thread);
    }

    public void End()
    {
        _body = null;
        _go.Release();
    }

    // Called by whoever holds the baton: the loop's thread, or another greenlet that starts this one.
    private void SwitchTo()
    {
        _core.Watch?.BatonGoesTo(_thread);
        _go.Release();
        _back.Wait();
        _core.Watch?.BatonGoesTo(Thread.CurrentThread);
    }

    private void RunBodies()
    {
        t_current = this;
        do
        {
            _go.Wait();
            if (_body is not { } body) return;
            _body = null;
            _core.TakeBaton();
            ClockMember.Current = _clock;
            SynchronizationContext.SetSynchronizationContext(_scope);
            if (_context is not null) ExecutionContext.Restore(_context);
            body();
            LoopCore.ReturnBaton(null);
        }
        while (GiveBack());
    }

    // Whether the thread is kept is decided while it still holds the baton.
    private bool GiveBack()
    {
        bool kept = _pool.TryKeep(this);
        _back.Release();
        return kept;
    }
}
