namespace Simul;

// Reads the tree of scopes as a tree of tasks. On the loop.
internal static class TaskTree
{
    public static TaskTreeNode Of(LoopScope scope) => new(
        scope is LoopTask task ? task.Name : ((GroupScope)scope).Name,
        (scope as LoopTask)?.Status,
        scope is LoopTask { Status: LoopTaskStatus.Running } running ? WaitOf(running) ?? "foreign work" : null,
        [.. InnerNodes(scope)]);

    // Whether some running task waits for nothing of ours: then it waits for a foreign task, which may end at any time.
    public static bool WaitsForForeignWork(LoopScope scope)
    {
        if (scope is LoopTask { Status: LoopTaskStatus.Running } task && WaitOf(task) is null) return true;
        for (var child = scope.FirstChild; child is not null; child = child.NextSibling)
        {
            if (WaitsForForeignWork(child)) return true;
        }
        return false;
    }

    // Whether some task waits for nothing but its cancellation.
    public static bool WaitsForCancellation(LoopScope scope)
    {
        if (scope.FirstPendingWaiter() is { Queue: null, Index: < 0 }) return true;
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
