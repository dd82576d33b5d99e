using System.Runtime.InteropServices;

namespace Simul.Cli;

// Signals that ask the tool to end. The first cancels the token and lets everything unwind; the second ends the process at
// once, after the last resorts (killing children) have run. A signal that was ignored when the tool started (a background
// job of a script) stays ignored: the runtime honours that.
//
// Thread safety: signals arrive on a runtime thread; all members may be used from any thread.
internal sealed class Interrupt : IDisposable
{
    private static readonly Lock s_gate = new();
    private static readonly List<Action> s_lastResorts = []; // owner: s_gate

    private static int s_lastSignal; // the first signal's number, for handing it on to children

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals; // how many have come; only ever grows
    private int _exitCode; // set once, by the first signal

    private Interrupt()
    {
    }

    public CancellationToken Token => _source.Token;

    public static int? LastSignal => Volatile.Read(ref s_lastSignal) is > 0 and var signal ? signal : null;

    // What to end with after a signal; null when none has come.
    public int? ExitCode => Volatile.Read(ref _exitCode) is > 0 and var code ? code : null;

    public static Interrupt Install()
    {
        var interrupt = new Interrupt();
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            interrupt._registrations.Add(PosixSignalRegistration.Create(signal, interrupt.OnSignal));
        return interrupt;
    }

    // Runs when the process has to end now. It must be quick and must not throw.
    public static IDisposable OnLastResort(Action action)
    {
        lock (s_gate) s_lastResorts.Add(action);
        return new LastResort(action);
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true; // the default would end the process here
        int code = 128 + context.Signal switch
        {
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGHUP => 1,
            _ => 15,
        };
        if (Interlocked.Increment(ref _signals) > 1)
        {
            EndNow(code);
            return;
        }
        Volatile.Write(ref s_lastSignal, code - 128);
        Volatile.Write(ref _exitCode, code);
        if (context.Signal == PosixSignal.SIGINT) Terminal.Message("stopping; Ctrl+C again ends at once.");
        // Not on this thread: what hangs on the token may take long, and the second signal must still get through.
        ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _source, preferLocal: false);
    }

    private static void EndNow(int code)
    {
        Action[] actions;
        lock (s_gate) actions = [.. s_lastResorts];
        foreach (var action in actions) action();
        // Not Environment.Exit: it waits for handlers that may be what the user is tired of waiting for.
        if (OperatingSystem.IsWindows()) Environment.Exit(code);
        else Libc.ExitNow(code);
    }

    private sealed class LastResort(Action action) : IDisposable
    {
        public void Dispose()
        {
            lock (s_gate) s_lastResorts.Remove(action);
        }
    }
}
