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
        if (scope is LoopTask { Status: LoopTaskStatus.Running } task && !WaitsHereAlone(task, task)) return true;
        for (var child = scope.FirstChild; child is not null; child = child.NextSibling)
        {
            if (WaitsForForeignWork(child)) return true;
        }
        return false;
    }

    private static bool WaitsHereAlone(LoopTask task, LoopScope scope)
    {
        foreach (var waiter in scope.PendingWaiters())
        {
            if (task.Body is { } body && AwaitChain.LeadsTo(body, waiter.Awaiter)) return true;
        }
        for (var child = scope.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is not LoopTask && WaitsHereAlone(task, child)) return true;
        }
        return false;
    }

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
