using System.Diagnostics;
using Simul.Processes.Child;
using Simul.Processes.Launch;
using Simul.Processes.Methods;
using Simul.Processes.Payloads;

namespace Simul;

public partial class ChildProcess
{
    private static int s_lastNumber;

    /// <summary>Starts a process that runs a method.</summary>
    /// <remarks>Blocks until the process runs, as <see cref="Process.Start(ProcessStartInfo)"/> does: for milliseconds; off Linux, until it has connected.</remarks>
    /// <typeparam name="TResult">What the method returns.</typeparam>
    /// <param name="method">A static method, a lambda, or a method of an object that may travel. Asynchronous ones run on an event loop of the child's.</param>
    /// <param name="options">Name, surroundings, grace; the defaults when omitted.</param>
    /// <param name="cancellationToken">Cancels the child, as <see cref="Cancel"/> does.</param>
    /// <returns>The running child.</returns>
    /// <exception cref="WorkSerializationException">The method, what it captured, or its argument cannot travel to another process.</exception>
    /// <exception cref="WorkerStartException">The process cannot be started.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such working directory.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled already; no process was started.</exception>
    public static ChildProcess<TResult> Start<TResult>(Func<TResult> method, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Launch<TResult>(method, WorkShape.Synchronous, null, null, typeof(TResult), options, cancellationToken));

    /// <inheritdoc cref="Start{TResult}(Func{TResult}, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess<TResult> Start<TResult>(Func<CancellationToken, TResult> method, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Launch<TResult>(method, WorkShape.SynchronousCancellable, null, null, typeof(TResult), options, cancellationToken));

    /// <inheritdoc cref="Start{TResult}(Func{TResult}, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess<TResult> Start<TResult>(Func<Task<TResult>> method, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Launch<TResult>(method, WorkShape.Asynchronous, null, null, typeof(TResult), options, cancellationToken));

    /// <inheritdoc cref="Start{TResult}(Func{TResult}, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess<TResult> Start<TResult>(Func<CancellationToken, Task<TResult>> method, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Launch<TResult>(method, WorkShape.AsynchronousCancellable, null, null, typeof(TResult), options, cancellationToken));

    /// <summary>Starts a process that runs a method.</summary>
    /// <remarks>Blocks until the process runs, as <see cref="Process.Start(ProcessStartInfo)"/> does: for milliseconds; off Linux, until it has connected.</remarks>
    /// <param name="method">A static method, a lambda, or a method of an object that may travel. Asynchronous ones run on an event loop of the child's.</param>
    /// <param name="options">Name, surroundings, grace; the defaults when omitted.</param>
    /// <param name="cancellationToken">Cancels the child, as <see cref="Cancel"/> does.</param>
    /// <returns>The running child.</returns>
    /// <exception cref="WorkSerializationException">The method, what it captured, or its argument cannot travel to another process.</exception>
    /// <exception cref="WorkerStartException">The process cannot be started.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such working directory.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled already; no process was started.</exception>
    public static ChildProcess Start(Action method, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        Command(method, WorkShape.Synchronous, null, null, options, cancellationToken);

    /// <inheritdoc cref="Start(Action, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess Start(Action<CancellationToken> method, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        Command(method, WorkShape.SynchronousCancellable, null, null, options, cancellationToken);

    /// <inheritdoc cref="Start(Action, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess Start(Func<Task> method, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        Command(method, WorkShape.Asynchronous, null, null, options, cancellationToken);

    /// <inheritdoc cref="Start(Action, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess Start(Func<CancellationToken, Task> method, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        Command(method, WorkShape.AsynchronousCancellable, null, null, options, cancellationToken);

    /// <summary>Starts a process that runs a method with its argument.</summary>
    /// <remarks>Blocks until the process runs, as <see cref="Process.Start(ProcessStartInfo)"/> does: for milliseconds; off Linux, until it has connected.</remarks>
    /// <typeparam name="TArg">The argument's type; it must be serialisable.</typeparam>
    /// <typeparam name="TResult">What the method returns.</typeparam>
    /// <param name="method">A static method, a lambda, or a method of an object that may travel. Asynchronous ones run on an event loop of the child's.</param>
    /// <param name="argument">Its argument; the child gets a copy.</param>
    /// <param name="options">Name, surroundings, grace; the defaults when omitted.</param>
    /// <param name="cancellationToken">Cancels the child, as <see cref="Cancel"/> does.</param>
    /// <returns>The running child.</returns>
    /// <exception cref="WorkSerializationException">The method, what it captured, or its argument cannot travel to another process.</exception>
    /// <exception cref="WorkerStartException">The process cannot be started.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such working directory.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled already; no process was started.</exception>
    public static ChildProcess<TResult> Start<TArg, TResult>(Func<TArg, TResult> method, TArg argument, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Launch<TResult>(method, WorkShape.Synchronous, typeof(TArg), argument, typeof(TResult), options, cancellationToken));

    /// <inheritdoc cref="Start{TArg, TResult}(Func{TArg, TResult}, TArg, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess<TResult> Start<TArg, TResult>(Func<TArg, CancellationToken, TResult> method, TArg argument, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Launch<TResult>(method, WorkShape.SynchronousCancellable, typeof(TArg), argument, typeof(TResult), options, cancellationToken));

    /// <inheritdoc cref="Start{TArg, TResult}(Func{TArg, TResult}, TArg, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess<TResult> Start<TArg, TResult>(Func<TArg, Task<TResult>> method, TArg argument, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Launch<TResult>(method, WorkShape.Asynchronous, typeof(TArg), argument, typeof(TResult), options, cancellationToken));

    /// <inheritdoc cref="Start{TArg, TResult}(Func{TArg, TResult}, TArg, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess<TResult> Start<TArg, TResult>(Func<TArg, CancellationToken, Task<TResult>> method, TArg argument, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Launch<TResult>(method, WorkShape.AsynchronousCancellable, typeof(TArg), argument, typeof(TResult), options, cancellationToken));

    /// <summary>Starts a process that runs a method with its argument.</summary>
    /// <remarks>Blocks until the process runs, as <see cref="Process.Start(ProcessStartInfo)"/> does: for milliseconds; off Linux, until it has connected.</remarks>
    /// <typeparam name="TArg">The argument's type; it must be serialisable.</typeparam>
    /// <param name="method">A static method, a lambda, or a method of an object that may travel. Asynchronous ones run on an event loop of the child's.</param>
    /// <param name="argument">Its argument; the child gets a copy.</param>
    /// <param name="options">Name, surroundings, grace; the defaults when omitted.</param>
    /// <param name="cancellationToken">Cancels the child, as <see cref="Cancel"/> does.</param>
    /// <returns>The running child.</returns>
    /// <exception cref="WorkSerializationException">The method, what it captured, or its argument cannot travel to another process.</exception>
    /// <exception cref="WorkerStartException">The process cannot be started.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such working directory.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled already; no process was started.</exception>
    public static ChildProcess Start<TArg>(Action<TArg> method, TArg argument, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        Command(method, WorkShape.Synchronous, typeof(TArg), argument, options, cancellationToken);

    /// <inheritdoc cref="Start{TArg}(Action{TArg}, TArg, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess Start<TArg>(Action<TArg, CancellationToken> method, TArg argument, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        Command(method, WorkShape.SynchronousCancellable, typeof(TArg), argument, options, cancellationToken);

    /// <inheritdoc cref="Start{TArg}(Action{TArg}, TArg, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess Start<TArg>(Func<TArg, Task> method, TArg argument, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        Command(method, WorkShape.Asynchronous, typeof(TArg), argument, options, cancellationToken);

    /// <inheritdoc cref="Start{TArg}(Action{TArg}, TArg, ChildProcessOptions?, CancellationToken)"/>
    public static ChildProcess Start<TArg>(Func<TArg, CancellationToken, Task> method, TArg argument, ChildProcessOptions? options = null, CancellationToken cancellationToken = default) =>
        Command(method, WorkShape.AsynchronousCancellable, typeof(TArg), argument, options, cancellationToken);

    private static ChildProcess Command(Delegate method, WorkShape shape, Type? argumentType, object? argument, ChildProcessOptions? options, CancellationToken token)
    {
        var session = Launch<NoResult>(method, shape, argumentType, argument, typeof(NoResult), options, token);
        return new ChildProcess(session, session.Completion);
    }

    private static ChildSession<TOutcome> Launch<TOutcome>(
        Delegate method, WorkShape shape, Type? argumentType, object? argument, Type result, ChildProcessOptions? options, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(method);
        options ??= new ChildProcessOptions();
        token.ThrowIfCancellationRequested();
        if (options.WorkingDirectory is { } directory && !Directory.Exists(directory))
            throw new DirectoryNotFoundException($"The child cannot run in {directory}: there is no such folder. Make it first, or leave {nameof(ChildProcessOptions.WorkingDirectory)} out.");
        WorkerDepth.ThrowIfTooDeep();
        var reference = MethodReference.Create(method, shape, argumentType, result);
        reference.ThrowIfResultCannotTravel(options.Serializer);
        byte[] captured = reference.Captured(method, options.Serializer);
        var launcher = CreateLauncher(options);
        Payload input = Payload.None, closure = Payload.None;
        try
        {
            input = argumentType is null ? Payload.None : WorkPayload.Serialize(argumentType, argument, launcher.Arguments, options.Serializer, $"The argument of {reference.Display}");
            var session = new ChildSession<TOutcome>(options.Name ?? $"child-{Interlocked.Increment(ref s_lastNumber)}", method.Method.Name, options, launcher);
            closure = Payload.Of(captured, launcher.Arguments);
            session.Start(reference, closure, input, token);
            return session;
        }
        catch
        {
            // Nothing was started, so nobody owns them.
            launcher.Release(closure, input);
            launcher.Dispose();
            throw;
        }
    }

    private static WorkerLauncher CreateLauncher(ChildProcessOptions options) => WorkerLauncher.Create(
        new ProcessExecutorOptions { Diagnostics = options.Diagnostics, Transport = options.Transport, PortableLaunch = options.PortableLaunch },
        HostCommand.ForThisApplication(),
        new Surroundings { Environment = options.Environment, WorkingDirectory = options.WorkingDirectory, InheritsOutput = options.InheritOutput });
}
