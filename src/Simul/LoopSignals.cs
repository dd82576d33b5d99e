using System.Runtime.InteropServices;

namespace Simul;

// What a loop does about signals of the process, when its options ask for it. Registered while it lives.
//
// The first request to end cancels and unwinds. The second, of whichever kind, is left to its default action, which ends the
// process at once: somebody who asks twice means it.
//
// Thread safety: handlers run on threads of the runtime; they only post.
internal sealed class LoopSignals : IDisposable
{
    private readonly EventLoop _loop;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _asked; // interlocked

    private LoopSignals(EventLoop loop, EventLoopOptions options)
    {
        _loop = loop;
        CanCancel = options.CancelOnInterrupt || options.CancelOnTerminate;
        if (options.CancelOnInterrupt) Add(PosixSignal.SIGINT, context => AskToEnd(context, "interrupted (Ctrl+C)"));
        if (options.CancelOnTerminate) Add(PosixSignal.SIGTERM, context => AskToEnd(context, "told to terminate (SIGTERM)"));
        if (options.DumpOnQuit && !OperatingSystem.IsWindows()) Add(PosixSignal.SIGQUIT, Dump);
    }

    // Whether a signal can cancel what the loop runs.
    public bool CanCancel { get; }

    public static LoopSignals? Listen(EventLoop loop, EventLoopOptions options) =>
        options.CancelOnInterrupt || options.CancelOnTerminate || options.DumpOnQuit ? new LoopSignals(loop, options) : null;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Add(PosixSignal signal, Action<PosixSignalContext> handler) => _registrations.Add(PosixSignalRegistration.Create(signal, handler));

    private void AskToEnd(PosixSignalContext context, string reason)
    {
        if (Interlocked.Exchange(ref _asked, 1) != 0) return;
        context.Cancel = _loop.PostSignal(loop => loop.CancelByOnLoop(reason));
    }

    // From here, not on the loop: a loop that is asked this way may be stuck.
    private void Dump(PosixSignalContext context)
    {
        context.Cancel = true;
        _loop.LogTasks();
    }
}
