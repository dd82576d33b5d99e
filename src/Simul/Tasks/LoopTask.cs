using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>A coroutine that the loop tracks: it has a name, a place in the tree, an outcome, and can be cancelled.</summary>
/// <remarks>
/// <para>Await it for its outcome: the wait is a checkpoint of the awaiter; giving up the wait does not cancel the task.</para>
/// <para>Cancellation: <see cref="LoopScope.Cancel"/>. One that is cancelled before its first step never runs its body. A task
/// that ends with <see cref="OperationCanceledException"/> counts as cancelled only if it, or something around it, had been
/// cancelled by then; otherwise it failed.</para>
/// <para>A task has ended when its body has, also the parts of it that continued on other threads.</para>
/// <para>Thread safety: belongs to its loop.</para>
/// </remarks>
public partial class LoopTask : LoopScope, IStartable
{
    // Before the start: the body. While running: the body's task. Afterwards: null, or the exception it failed with.
    private object? _bodyOrError;

    internal LoopTask(LoopScope parent, Func<Task>? body, string? name)
        : this(parent, (Delegate?)body, name)
    {
    }

    // For bodies of another kind, which InvokeBody knows.
    private protected LoopTask(LoopScope parent, Delegate? body, string? name)
        : base(parent.Core, parent)
    {
        _bodyOrError = body;
        NumberOfTask = ++parent.Core.TotalTasks;
        if (name is not null) Extras.Name = name;
        if (ExecutionContext.Capture() is { } context && context != Core.BaseContext) Extras.StartContext = context;
        Begin();
        if (parent.Core.Watch is TaskWatch watch) watch.Spawned(this);
    }

    // The core states of a task:
    //
    //   Scheduled -> Running -> Succeeded | Failed | Cancelled
    //   Scheduled -> Cancelled    (cancelled before its first step)
    //
    // All transitions happen on the loop. Shutdown order of one task, in End: outcome, strays inside, parent, joiners.

    /// <summary>The name given at spawning, or <c>task N</c>.</summary>
    public string Name => ExtrasOrNull?.Name ?? $"task {NumberOfTask}";

    /// <summary>Where it is in its life.</summary>
    public LoopTaskStatus Status => StatusOfTask;

    /// <summary>True once it has succeeded, failed or been cancelled.</summary>
    public bool IsCompleted => StatusOfTask >= LoopTaskStatus.Succeeded;

    /// <summary>What it failed with; null unless <see cref="Status"/> is <see cref="LoopTaskStatus.Failed"/>.</summary>
    public Exception? Error => StatusOfTask == LoopTaskStatus.Failed ? (Exception?)_bodyOrError : null;

    internal sealed override LoopTask Owner => this;

    // The body's task while it runs.
    internal Task? Body => _bodyOrError as Task;

    // Somebody learns of its outcome, so a failure is not lost.
    internal bool HasObserver => ExtrasOrNull is { Joiners.Count: > 0 } or { Ended: not null } or { Callbacks: not null };

    // Called on the loop when it has ended.
    internal Action? Ended
    {
        get => ExtrasOrNull?.Ended;
        set => Extras.Ended = value;
    }

    internal override string Description => $"Task '{Name}'";

    /// <summary>The task's outcome, for <c>await</c>.</summary>
    /// <returns>An awaiter.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on this loop.</exception>
    public ValueTaskAwaiter GetAwaiter() => JoinAsync().GetAwaiter();

    /// <summary>Waits for the task's end.</summary>
    /// <returns>Ends when the task has; raises what it failed with, or <see cref="OperationCanceledException"/> if it was cancelled.</returns>
    public ValueTask JoinAsync()
    {
        var scope = RequireOn(this);
        if (scope.IsCancelled) return scope.Cancelled();
        return StatusOfTask switch
        {
            LoopTaskStatus.Succeeded => scope.TryPassCheckpoint() ? default : scope.Yield(),
            LoopTaskStatus.Failed or LoopTaskStatus.Cancelled => ValueTask.FromException(OutcomeError()),
            _ => scope.WaitIn(Joiners),
        };
    }

    /// <summary>Waits for the task's end without raising its outcome; look at <see cref="Status"/> afterwards.</summary>
    /// <returns>Ends when the task has.</returns>
    public async Task WaitAsync()
    {
        try
        {
            await JoinAsync();
        }
        catch (Exception error) when (IsCompleted && (error == Error || error is OperationCanceledException { CancellationToken.CanBeCanceled: false }))
        {
            // The outcome is in Status and Error; only the awaiter's own cancellation, which carries its token, is raised.
        }
    }

    void IStartable.StartOnLoop() => StartOnLoop();

    // The first step, from the ready queue, with this task as the context.
    internal void StartOnLoop()
    {
        var body = Unsafe.As<Delegate>(_bodyOrError!);
        _bodyOrError = null;
        if (IsCancelled)
        {
            End(LoopTaskStatus.Cancelled, null);
            return;
        }
        StatusOfTask = LoopTaskStatus.Running;
        if (ExtrasOrNull?.StartContext is { } context) ExecutionContext.Restore(context);
        if (Core.Watch is TaskWatch watch) watch.Started(this);
        Task? running;
        try
        {
            running = InvokeBody(body);
        }
        catch (Exception error)
        {
            End(error);
            return;
        }
        if (running is null) End(new InvalidOperationException($"The body of {Description} returned no task. Return the task of an async method."));
        else Follow(running);
    }

    // Ends with the body's task. The continuation captures this task's context, so it runs inline when the body ends in its
    // own context, and is posted when it ends elsewhere.
    private protected void Follow(Task running)
    {
        if (running.IsCompleted)
        {
            EndWith(running);
            return;
        }
        _bodyOrError = running;
        running.GetAwaiter().UnsafeOnCompleted(s_bodyEnded);
    }

    // The type is known from the constructor; a cast to a variant delegate type is 4 ns of a spawn.
    private protected virtual Task? InvokeBody(Delegate body) => Unsafe.As<Func<Task>>(body)();

    private protected virtual void TakeResult(Task ended)
    {
    }

    private protected virtual void GrantJoiner(Waiter joiner) => joiner.Grant();

    internal Exception OutcomeError() => StatusOfTask == LoopTaskStatus.Failed
        ? (Exception)_bodyOrError!
        : new OperationCanceledException($"{Description} was cancelled{(Reason is { } why ? $": {why}" : "")}.");

    // For tasks that run by other means than an async method.
    internal void MarkRunning() => StatusOfTask = LoopTaskStatus.Running;

    internal void End(Exception error) => End(error is OperationCanceledException && IsCancelled ? LoopTaskStatus.Cancelled : LoopTaskStatus.Failed, error);

    internal void End(LoopTaskStatus status, Exception? error)
    {
        if (IsCompleted) return;
        StatusOfTask = status;
        Core.TotalEndedTasks++;
        _bodyOrError = status == LoopTaskStatus.Failed ? error : null;
        Close();
        if (ExtrasOrNull is not { } extras) return;
        while (extras.Joiners?.TakeFirst() is { } joiner)
        {
            if (status == LoopTaskStatus.Succeeded) GrantJoiner(joiner);
            else joiner.Fail(OutcomeError());
        }
        CallBackAll(extras);
        extras.Ended?.Invoke();
    }

    private protected WaiterQueue Joiners => Extras.Joiners ??= new WaiterQueue(this);

    internal static LoopScope RequireOn(LoopScope subject)
    {
        var scope = Require();
        if (scope.Core != subject.Core) throw LoopAffinityException.OtherThread(subject.Description, subject.Core.Name);
        return scope;
    }

    private void EndWith(Task ended)
    {
        if (ended.IsCompletedSuccessfully)
        {
            TakeResult(ended);
            End(LoopTaskStatus.Succeeded, null);
        }
        else
        {
            End(ended.Exception is { } error ? error.InnerExceptions.Count == 1 ? error.InnerExceptions[0] : error : CancellationOf(ended));
        }
    }

    // One delegate for all tasks: it runs in the context of the task whose body ended, which says who that is. A delegate of
    // each task's own would be 64 bytes for every sleeping task (bench sleepers, rss_per_sleeper_task).
    private static readonly Action s_bodyEnded = static () => (Current as LoopScope)?.Owner?.EndWithBody();

    // Asks again, since after a task's end its context stands for the one around it.
    private void EndWithBody()
    {
        if (!IsCompleted && _bodyOrError is Task { IsCompleted: true } body) EndWith(body);
    }

    // The very exception that ended the body, when it counts as a failure: an HttpClient's says what timed out. A task does
    // not show it, it only throws it; where it is not looked at, that cost is spared.
    private Exception CancellationOf(Task ended)
    {
        if (IsCancelled) return new TaskCanceledException(ended);
        try
        {
            ended.GetAwaiter().GetResult();
        }
        catch (Exception original)
        {
            return original;
        }
        throw new SimulInternalException("a cancelled task threw nothing");
    }
}
