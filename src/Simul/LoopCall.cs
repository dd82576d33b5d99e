using System.Runtime.ExceptionServices;

namespace Simul;

// A coroutine that one loop runs for a task of another.
//
// Owner of what is written: the callee's task is the callee's alone; the outcome is written there before the post that
// tells of it and read here behind it; the wait is the caller's.
internal sealed class LoopCall<T>(EventLoop caller, LoopScope scope, EventLoop callee, Func<Task<T>> body) : IWaitSubject
{
    private readonly ExecutionContext? _flow = ExecutionContext.Capture();
    private LoopTask<T>? _task;
    private bool _cancelled; // owner: the callee; a cancellation that came before the task
    private bool _ended;     // owner: the caller

    private WaiterQueue Waiting => field ??= new WaiterQueue(this);

    public string Describe() => $"a call to {callee.Name}";

    public async Task<T> RunAsync()
    {
        // A task that waits here waits for another loop: no stall.
        caller.ExpectHost();
        try
        {
            if (!callee.Core.Inject(new Action<object?>(static x => ((LoopCall<T>)x!).StartOnCallee()), this, callee.Root)) throw new EventLoopClosedException(callee.Name);
            using var cancel = scope.Token.UnsafeRegister(static x => ((LoopCall<T>)x!).PassCancellation(), this);
            while (!_ended)
            {
                var waiter = scope.RentWaiter();
                waiter.Arm(scope, cancellable: false);
                Waiting.Add(waiter);
                await waiter.AsValueTask();
            }
        }
        finally
        {
            caller.ForgetHost();
        }
        var task = _task!;
        if (task.Status == LoopTaskStatus.Succeeded) return task.Result;
        if (task.Error is { } error) ExceptionDispatchInfo.Throw(error);
        if (scope.IsCancelled) throw scope.CancellationError();
        throw new OperationCanceledException($"The call to {callee.Name} was cancelled there{(task.Reason is { } why ? $": {why}" : "")}.");
    }

    private void StartOnCallee()
    {
        var task = _task = new LoopTask<T>(callee.Root, body, $"call from {caller.Name}");
        callee.SetFlow(task, _flow);
        task.Ended = () => caller.Core.Inject(new Action<object?>(static x => ((LoopCall<T>)x!).EndedOnCaller()), this, caller.Root);
        if (_cancelled) task.CancelOnLoop("its caller was cancelled");
        callee.Root.Start(task);
    }

    // When the callee refuses, it is closing, and has cancelled the task itself.
    private void PassCancellation() => callee.Core.Inject(new Action<object?>(static x => ((LoopCall<T>)x!).CancelOnCallee()), this, callee.Root);

    private void CancelOnCallee()
    {
        _cancelled = true;
        _task?.CancelOnLoop("its caller was cancelled");
    }

    private void EndedOnCaller()
    {
        _ended = true;
        Waiting.TakeFirst()?.Grant();
    }
}
