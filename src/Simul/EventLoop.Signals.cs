using System.Runtime.InteropServices;

namespace Simul;

public sealed partial class EventLoop
{
    /// <summary>The signals that the process gets, as a sequence on the loop: asyncio's <c>add_signal_handler</c>, trio's
    /// <c>open_signal_receiver</c>.</summary>
    /// <remarks>
    /// <para>The handlers are registered when the enumeration begins (<c>await foreach</c> does so at once) and go with it. In
    /// between, a signal's default action does not happen, and none is lost: those that come between two reads are kept.</para>
    /// <para>Cancellation: each step is a checkpoint. Waiting for a signal is no stall.</para>
    /// <para>Ordering: as they come. The kernel may merge equal signals that come faster than they are delivered.</para>
    /// <para>Thread safety: an enumeration belongs to the loop on which it begins; it may be disposed on any thread.</para>
    /// </remarks>
    /// <example>
    /// <code>
    /// await foreach (var signal in EventLoop.SignalsAsync(PosixSignal.SIGHUP, PosixSignal.SIGTERM))
    /// {
    ///     if (signal == PosixSignal.SIGTERM) break;
    ///     Reload();
    /// }
    /// </code>
    /// </example>
    /// <param name="signals">Which signals.</param>
    /// <returns>The sequence. It has no end by itself.</returns>
    /// <exception cref="ArgumentException">No signal was named.</exception>
    /// <exception cref="LoopAffinityException">The enumeration does not begin on a loop.</exception>
    public static IAsyncEnumerable<PosixSignal> SignalsAsync(params PosixSignal[] signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        if (signals.Length == 0) throw new ArgumentException("Name the signals to wait for, such as PosixSignal.SIGHUP: a sequence of none would never bring anything.", nameof(signals));
        return new SignalSequence([.. signals]);
    }

    // From a signal's thread. False when the loop has ended: nobody is left to act on it.
    internal bool PostSignal(Action<EventLoop> handler) => _core.Inject(new Action<object?>(x => handler((EventLoop)x!)), this, _root);

    internal void LogTasks() => Log($"tasks of {Name}:{Environment.NewLine}{DumpTasks()}");
}
