using System.Runtime.CompilerServices;
using Simul.Processes.Launch;
using Simul.Processes.Payloads;
using Simul.Processes.Pool;

namespace Simul;

/// <summary>Runs methods in worker processes: on all cores, each call isolated from a crash, a leak or an endless loop of
/// another.</summary>
/// <remarks>
/// <para>Methods: static methods (generic ones too), lambdas, and methods of objects. What a lambda captures, the object, the
/// argument and the result are copied: values, arrays and lists without references as raw memory, the rest under its declared
/// type by <see cref="ProcessExecutorOptions.Serializer"/>. What cannot travel is refused when it is submitted. The program's own <c>Main</c> does not run in a worker, and static fields there are the worker's own.</para>
/// <para>Crashes: when a worker process ends, the item that ran on it fails with <see cref="WorkerCrashedException"/> (of
/// asynchronous ones: the items that ran on it). Items behind it go to another worker; none is run twice.</para>
/// <para>Cancellation: before an item begins, it is taken back. Later its token is cancelled, and after
/// <see cref="ProcessExecutorOptions.Grace"/> the worker is killed, with the processes it started. The task ends when the item
/// has really ended. A result that comes before that end is delivered; a cancelled item that ends by the cancellation is
/// cancelled. An item whose time limit is over fails with <see cref="TimeoutException"/>, whatever it still returns.</para>
/// <para>Asynchronous methods: many run on one worker at a time, all on one thread, never beside a synchronous one. Items begin
/// in the order in which they were submitted. If one of them does not answer its
/// cancellation, its worker takes no more items, and is killed when the others have ended, or at once if they cannot go on.</para>
/// <para>Nesting: a method may make a pool of its own inside its worker (ten levels at most). The pool it runs in cannot be
/// reached from there, so an item cannot wait for its own worker.</para>
/// <para>Progress: an <see cref="IProgress{T}"/> that is the argument, is captured, or lies inside of these reports back; the
/// receiver is called on the thread pool, in order, before the item's task ends.</para>
/// <para>The end: an executor that nobody disposed and nobody can reach any more ends its workers when its work has ended.
/// Workers end within a second of their parent, however it ends.</para>
/// <para>Virtual time: with a <see cref="VirtualTimeProvider"/> as clock, each running item is a member of it, and
/// <see cref="WorkContext.Clock"/> in the worker stands for it: <c>WorkContext.Current!.Clock.Sleep(...)</c> frees the clock. It has
/// blocking sleeps only, and no timers.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// <para>Semantics: Python's <c>ProcessPoolExecutor</c>, but a crash does not break the pool (as in Pebble).</para>
/// </remarks>
/// <example>
/// <code>
/// await using var engine = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
/// await foreach (var report in engine.MapAsync(files, Parser.ParseFile))
///     Console.WriteLine(report);
/// </code>
/// </example>
public sealed class ProcessExecutor : Executor
{
    private readonly WorkerPool _pool;
    private readonly PoolReaper _reaper;

    /// <summary>Makes an executor. No process is started before there is work, but for <see cref="ProcessExecutorOptions.MinWorkers"/> and <see cref="ProcessExecutorOptions.SpareWorkers"/>.</summary>
    /// <param name="options">Workers, limits, clock; the defaults when omitted.</param>
    /// <exception cref="WorkerStartException">Workers cannot be started from this application.</exception>
    /// <exception cref="WorkSerializationException">The initializer cannot be sent to a worker.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such <see cref="ProcessExecutorOptions.WorkingDirectory"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One of <see cref="ProcessExecutorOptions.Processors"/> does not exist, or this process may not use it.</exception>
    /// <exception cref="UnauthorizedAccessException"><see cref="ProcessExecutorOptions.WorkerPriority"/> needs a privilege.</exception>
    /// <exception cref="PlatformNotSupportedException">The system cannot do what an option asks for; the message names it.</exception>
    public ProcessExecutor(ProcessExecutorOptions? options = null)
        : this(options ??= new ProcessExecutorOptions(), CreateLauncher(options))
    {
    }

    // With workers of a test's own making.
    internal ProcessExecutor(ProcessExecutorOptions options, WorkerLauncher launcher)
    {
        _pool = new WorkerPool(options, launcher);
        _reaper = new PoolReaper(_pool);
        if (options.MinWorkers > 0 || options.SpareWorkers > 0) _pool.StartMinimum();
    }

    /// <inheritdoc/>
    public override string Engine => WorkerPool.EngineName;

    /// <inheritdoc/>
    public override int Workers => _pool.Options.Workers;

    /// <inheritdoc/>
    /// <remarks>Short items travel to a worker many at a time, which needs as many under way: 256 for each worker.</remarks>
    protected internal override int DefaultLookAhead => (int)Math.Min(256L * Workers, 4096);

    /// <inheritdoc/>
    protected internal override TimeProvider Clock => _pool.Options.Clock;

    /// <summary>The process ids of the workers that are ready at this moment.</summary>
    /// <returns>A snapshot, in the order of the workers' numbers.</returns>
    public IReadOnlyList<int> GetWorkerProcessIds() => _pool.GetProcessIds();

    // For the tool, which looks at what each item's worker holds.
    internal int? FindWorkerProcessId(string worker) => _pool.FindProcessId(worker);

    /// <inheritdoc/>
    public override ExecutorStatistics GetStatistics() => _pool.GetStatistics();

    /// <inheritdoc/>
    /// <remarks>When the work has ended, every worker is asked to end, and killed after the grace period and a second. With
    /// <see cref="ShutdownMode.Kill"/> it is killed at once.</remarks>
    public override Task ShutdownAsync(ShutdownMode mode = ShutdownMode.Finish, TimeSpan? timeLimit = null)
    {
        var end = _pool.ShutdownAsync(mode, timeLimit);
        _reaper.Dismiss();
        return end;
    }

    /// <summary>Refuses new work, waits for the accepted work, and ends every worker: asked first, killed after the grace
    /// period.</summary>
    /// <returns>Ends when the last worker process has gone.</returns>
    public override ValueTask DisposeAsync() => new(ShutdownAsync());

    /// <inheritdoc/>
    public override Task WaitForRoomAsync(CancellationToken cancellationToken = default) => _pool.WaitForRoomAsync(cancellationToken);

    internal override BatchRunner<TArg, TResult>? BatchesOf<TArg, TResult>(Delegate method, MapOptions options)
    {
        const int Largest = 1024; // bytes of a value; what is larger is worth a message
        if (!OperatingSystem.IsLinux() || !_pool.CanBatch) return null;
        if (!PayloadCodecs.IsRaw(typeof(TArg)) || !PayloadCodecs.IsRaw(typeof(TResult)) || Unsafe.SizeOf<TArg>() > Largest || Unsafe.SizeOf<TResult>() > Largest) return null;
        try
        {
            _pool.Methods.Get(method, WorkShape.Synchronous, typeof(TArg), typeof(TResult)).Captured(method, _pool.Options.Serializer);
            _pool.EnableBatches();
        }
        catch (Exception error) when (error is WorkSerializationException or IOException)
        {
            return null; // item by item, each says what is wrong
        }
        return new ProcessBatches<TArg, TResult>(_pool, method, options);
    }

    /// <inheritdoc/>
    protected internal override Task<TResult> ExecuteAsync<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken)
    {
        _pool.ThrowIfClosed();
        if (cancellationToken.IsCancellationRequested) return _pool.RejectCancelled<TResult>(cancellationToken);
        Job<TResult> job;
        try
        {
            var method = _pool.Methods.Get(item.Method, item.Shape, item.ArgumentType, typeof(TResult));
            job = new Job<TResult>(_pool, method, item, cancellationToken);
        }
        catch (WorkSerializationException refused)
        {
            return _pool.Reject<TResult>(refused);
        }
        _pool.Submit(job);
        GC.KeepAlive(this); // its end must not come between
        return job.Task;
    }

    private static WorkerLauncher CreateLauncher(ProcessExecutorOptions options)
    {
        WorkerDepth.ThrowIfTooDeep();
        if (options.WorkingDirectory is { } directory && !Directory.Exists(directory))
            throw new DirectoryNotFoundException($"The workers cannot run in {directory}: there is no such folder. Make it first, or leave {nameof(ProcessExecutorOptions.WorkingDirectory)} out.");
        if (options.MaxWorkerMemory is not null) MemoryMeter.ThrowIfUnreadable($"{nameof(ProcessExecutorOptions)}.{nameof(ProcessExecutorOptions.MaxWorkerMemory)}");
        if (options.WorkerMemoryLimit is not null) MemoryMeter.ThrowIfUnreadable($"{nameof(ProcessExecutorOptions)}.{nameof(ProcessExecutorOptions.WorkerMemoryLimit)}");
        return WorkerLauncher.Create(options, HostCommand.ForThisApplication(), Surroundings.Of(options));
    }
}
