namespace Simul;

// Reads the tree of scopes as a tree of tasks. On the loop.
internal static class TaskTree
{
    public static TaskTreeNode Of(LoopScope scope) => new(
        scope is LoopTask task ? task.Name : ((GroupScope)scope).Name,
        (scope as LoopTask)?.Status,
        scope is LoopTask { Status: LoopTaskStatus.Running } running ? WaitOf(running) ?? (running == LoopScope.Find()?.Owner ? null : "foreign work, or its turn") : null,
        [.. InnerNodes(scope)]);

    // Whether some running task may wait for something that is not ours, and that may come back at any time: its body is not
    // known to wait for one of our waits alone.
    public static bool WaitsForForeignWork(LoopScope scope)
    {
        if (scope is LoopTask { Status: LoopTaskStatus.Running } task && !(task.Body is { } body && WaitsHereAlone(task, body))) return true;
        for (var child = scope.FirstChild; child is not null; child = child.NextSibling)
        {
            if (WaitsForForeignWork(child)) return true;
        }
        return false;
    }

    // The method is the task's body, or one that runs beside it and that the body waits for among others.
    private static bool WaitsHereAlone(LoopScope scope, Task method)
    {
        foreach (var waiter in scope.PendingWaiters())
        {
            if (AwaitChain.LeadsTo(method, waiter.Awaiter))
                return waiter.Queue?.Subject is not IWaitForMany many || many.Methods is { } methods && methods.All(m => WaitsHereAlone(TaskOf(scope), m));
        }
        for (var child = scope.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is not LoopTask && WaitsHereAlone(child, method)) return true;
        }
        return false;
    }

    // What a method waits in: its task's scopes. It may have entered one that is around the wait that looks at it.
    private static LoopScope TaskOf(LoopScope scope) => scope.Owner ?? scope;

    // Whether some task waits for nothing but its cancellation.
    public static bool WaitsForCancellation(LoopScope scope)
    {
        if (scope.FirstPendingWaiter() is { Queue: null, Order: < 0 }) return true;
        for (var child = scope.FirstChild; child is not null; child = child.NextSibling)
        {
            if (WaitsForCancellation(child)) return true;
        }
        return false;
    }

    // What the task, or a scope inside it, waits for. Child tasks are others.
    private static string? WaitOf(LoopScope scope)
    {
        if (scope.FirstPendingWaiter() is { } waiter) return Describe(waiter);
        for (var child = scope.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is not LoopTask && WaitOf(child) is { } wait) return wait;
        }
        return null;
    }

    private static string Describe(Waiter waiter) => waiter.Queue switch
    {
        { Subject: IWaitSubject subject } => subject.Describe(),
        { Subject: LoopScope scope } => scope is GroupScope ? "its children" : scope.Description,
        { Subject: { } other } => other.ToString() ?? "something",
        _ => waiter.Order >= 0 ? "a delay" : "its cancellation",
    };

    private static IEnumerable<TaskTreeNode> InnerNodes(LoopScope scope)
    {
        for (var child = scope.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is LoopTask or GroupScope)
            {
                yield return Of(child);
                continue;
            }
            // A cancel scope has no line of its own; what is inside it has.
            foreach (var inner in InnerNodes(child)) yield return inner;
        }
    }
}
