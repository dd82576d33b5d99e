using System.Runtime.CompilerServices;
using Simul.Processes.Child;

namespace Simul;

/// <summary>A process of its own that runs one method and ends, and has a result.</summary>
/// <typeparam name="TResult">What the method returns (of an asynchronous method: what its task holds).</typeparam>
/// <inheritdoc cref="ChildProcess" path="/remarks"/>
public sealed class ChildProcess<TResult> : ChildProcess
{
    private readonly ChildSession<TResult> _session;

    internal ChildProcess(ChildSession<TResult> session)
        : base(session, session.Completion) => _session = session;

    /// <summary>The method's result. Ends before <see cref="ChildProcess.Exited"/>.</summary>
    /// <inheritdoc cref="ChildProcess.Completion" path="/exception"/>
    public new Task<TResult> Completion => _session.Completion;

    /// <summary>Makes a child awaitable: <c>await child</c> is the method's result.</summary>
    /// <returns>The awaiter.</returns>
    public new TaskAwaiter<TResult> GetAwaiter() => Completion.GetAwaiter();
}
