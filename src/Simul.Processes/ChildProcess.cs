using System.Diagnostics;
using System.Runtime.CompilerServices;
using Simul.Processes.Child;

namespace Simul;

/// <summary>A process of its own that runs one method and ends.</summary>
/// <remarks>
/// <para>Methods, arguments and results: as with <see cref="ProcessExecutor"/>. A pool is for many calls; a child is for one that
/// wants a process to itself: a server, a long computation, code that may have to be killed.</para>
/// <para>Its end: when the method has ended, <see cref="Completion"/> has its outcome; the process waits for its own foreground threads and
/// exits, with code 0 after a result and 1 after an exception. A process that ends before its method fails <see cref="Completion"/> with
/// <see cref="WorkerCrashedException"/>, which tells exit code or signal; one that ends before the method has begun, with
/// <see cref="WorkerStartException"/>. <see cref="Exited"/> ends in any case.</para>
/// <para>Cancellation: <see cref="Cancel"/>, or the token given at the start, cancels the method's token; a method that has not ended
/// after <see cref="ChildProcessOptions.Grace"/> is killed with its process. <see cref="Completion"/> is then cancelled. A result that
/// comes all the same is delivered.</para>
/// <para>End of the parent: the child ends within a second of it, however it ends. Only what the child itself has started is left.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// <para>Semantics: Python's <c>multiprocessing.Process</c> with the <c>spawn</c> start method, always a daemon, and with a result.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var child = ChildProcess.Start(Parser.ParseFile, "big.txt");
/// if (!await child.WaitForExitAsync(TimeSpan.FromMinutes(1))) child.Kill();
/// Console.WriteLine(await child);
/// </code>
/// </example>
[DebuggerDisplay("{Name,nq} ({Id})")]
public partial class ChildProcess : IAsyncDisposable
{
    private readonly ChildSession _session;
    private readonly Task _completion;

    private protected ChildProcess(ChildSession session, Task completion)
    {
        _session = session;
        _completion = completion;
    }

    /// <summary>The child's name.</summary>
    public string Name => _session.Name;

    /// <summary>The process id. The system may give it to another process once <see cref="Exited"/> has ended.</summary>
    public int Id => _session.ProcessId;

    /// <summary>How the method ended. Ends before <see cref="Exited"/>.</summary>
    /// <exception cref="WorkerCrashedException">The process ended while the method ran.</exception>
    /// <exception cref="WorkerStartException">The process ended before the method began.</exception>
    /// <exception cref="OperationCanceledException">The child was cancelled.</exception>
    public Task Completion => _completion;

    /// <summary>Ends when the process has gone, whatever became of its method; it never fails. For waiting on several children:
    /// <c>Task.WhenAny</c>, <c>Task.WhenEach</c>.</summary>
    public Task Exited => _session.Exited;

    /// <summary>Whether the process has gone.</summary>
    public bool HasExited => Exited.IsCompleted;

    /// <summary>The exit code; null while the process runs, and when a signal ended it.</summary>
    public int? ExitCode => HasExited ? _session.ExitCode : null;

    /// <summary>The name of the signal that ended the process, for instance <c>SIGTERM</c>; null while it runs, and when it exited
    /// by itself.</summary>
    public string? Signal => HasExited ? _session.Signal : null;

    /// <summary>Waits until the process has gone.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the child.</param>
    /// <returns>Ends with the process; it does not fail with the method.</returns>
    public Task WaitForExitAsync(CancellationToken cancellationToken = default) => Exited.WaitAsync(cancellationToken);

    /// <summary>Waits until the process has gone, or the time is over.</summary>
    /// <param name="timeout">How long to wait at most, in real time.</param>
    /// <param name="cancellationToken">Ends the waiting, not the child.</param>
    /// <returns>True when the process has gone, false when the time is over first.</returns>
    public async Task<bool> WaitForExitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        try
        {
            await Exited.WaitAsync(timeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Cancels the method's token, and kills the process if the method has not ended after
    /// <see cref="ChildProcessOptions.Grace"/>. A method that has not begun never will. No effect once it has ended.</summary>
    public void Cancel() => _session.Cancel();

    /// <summary>Sends the process SIGTERM: by default it ends at once, without <c>finally</c> blocks; a method that has registered
    /// for the signal may do as it likes. What the child has started is left alone. On Windows: ends the process. No effect on
    /// one that has gone.</summary>
    public void Terminate() => _session.Terminate();

    /// <summary>Ends the process at once, with the processes it has started (on Linux: those of its process group). No effect on one
    /// that has gone.</summary>
    public void Kill() => _session.Kill();

    /// <summary>Makes a child awaitable: <c>await child</c> waits for <see cref="Completion"/>.</summary>
    /// <returns>The awaiter.</returns>
    public TaskAwaiter GetAwaiter() => _completion.GetAwaiter();

    /// <summary>Ends the child: at once, if its method still runs; else after <see cref="ChildProcessOptions.Grace"/>, if its
    /// own foreground threads keep it.</summary>
    /// <returns>Ends when the process has gone.</returns>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return new(_session.CloseAsync());
    }
}
