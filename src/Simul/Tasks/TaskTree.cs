namespace Simul;

// Reads the tree of scopes as a tree of tasks. On the loop; TryOf from anywhere. Walks by links, not by recursion: tasks may
// nest deeper than a stack.
internal static class TaskTree
{
    public static TaskTreeNode Of(LoopScope root) => Read(root, LoopScope.Find()?.Owner, root.Core.ReadyContexts(), int.MaxValue);

    // From another thread, while the loop may go on: what is read need not belong together, and may lead nowhere. For a loop
    // that is stuck, and so stands still. Null when it could not be read.
    public static TaskTreeNode? TryOf(LoopScope root, int most)
    {
        try
        {
            return Read(root, null, null, most);
        }
        catch (Exception torn) when (torn is NullReferenceException or InvalidOperationException or InvalidCastException)
        {
            return null;
        }
    }

    // Whether some running task may wait for something that is not ours, and that may come back at any time: its body is not
    // known to wait for one of our waits alone.
    public static bool WaitsForForeignWork(LoopScope root)
    {
        foreach (var task in TasksIn(root))
        {
            if (task.Status == LoopTaskStatus.Running && !(task.Body is { } body && WaitsHereAlone(task, body))) return true;
        }
        return false;
    }

    // Whether some task waits for nothing but its cancellation.
    public static bool WaitsForCancellation(LoopScope root)
    {
        for (var scope = root; scope is not null; scope = scope.NextInTree(root, descend: true))
        {
            if (scope.FirstPendingWaiter() is { Queue: null, Order: < 0 }) return true;
        }
        return false;
    }

    // All tasks in the scope, the scope itself included.
    public static IEnumerable<LoopTask> TasksIn(LoopScope root)
    {
        for (var scope = root; scope is not null; scope = scope.NextInTree(root, descend: true))
        {
            if (scope is LoopTask task) yield return task;
        }
    }

    // What the task, and scopes inside it, wait for. Child tasks are others.
    public static IEnumerable<Waiter> Waits(LoopTask task) => ScopesOf(task).SelectMany(static scope => scope.PendingWaiters());

    public static bool IsReady(LoopTask task, HashSet<SynchronizationContext> ready) => ScopesOf(task).Any(ready.Contains);

    public static string Describe(Waiter waiter) => waiter.Queue switch
    {
        { Subject: IWaitSubject subject } => subject.Describe(),
        { Subject: LoopScope scope } => scope is GroupScope ? "its children" : scope.Description,
        { Subject: { } other } => other.ToString() ?? "something",
        _ => waiter.Order >= 0 ? "a delay" : "its cancellation",
    };

    // The method is the task's body, or one that runs beside it and that the body waits for among others.
    private static bool WaitsHereAlone(LoopTask task, Task method)
    {
        foreach (var waiter in Waits(task))
        {
            if (AwaitChain.LeadsTo(method, waiter.Awaiter))
                return waiter.Queue?.Subject is not IWaitForMany many || (many.Methods is { } methods && methods.All(m => WaitsHereAlone(task, m)));
        }
        return false;
    }

    private static IEnumerable<LoopScope> ScopesOf(LoopTask task)
    {
        for (LoopScope? scope = task; scope is not null;)
        {
            bool own = scope == task || scope is not LoopTask;
            if (own) yield return scope;
            scope = scope.NextInTree(task, descend: own);
        }
    }

    private static TaskTreeNode Read(LoopScope root, LoopTask? current, HashSet<SynchronizationContext>? ready, int most)
    {
        List<TaskTreeNode> tops = [];
        var rest = new Stack<(LoopScope? Scope, List<TaskTreeNode> Into)>();
        AddNode(root, tops);
        while (rest.TryPop(out var at) && most > 0)
        {
            if (at.Scope is not { } scope) continue;
            rest.Push((scope.NextSibling, at.Into));
            if (scope is LoopTask or GroupScope) AddNode(scope, at.Into);
            else rest.Push((scope.FirstChild, at.Into)); // a cancel scope has no line of its own; what is inside it has
        }
        return tops[0];

        void AddNode(LoopScope scope, List<TaskTreeNode> into)
        {
            most--;
            List<TaskTreeNode> children = [];
            into.Add(scope is LoopTask task ? NodeOf(task, children, current, ready) : new TaskTreeNode(((GroupScope)scope).Name, null, null, children) { IsCancelled = scope.IsCancelled, IsShielded = scope.Shield });
            rest.Push((scope.FirstChild, children));
        }
    }

    private static TaskTreeNode NodeOf(LoopTask task, List<TaskTreeNode> children, LoopTask? current, HashSet<SynchronizationContext>? ready)
    {
        bool runs = task.Status == LoopTaskStatus.Running, idle = runs && task != current;
        List<AwaitBranch> awaits = [];
        LoopScope innermost = task;
        long? deadline = null;
        bool isReady = false;
        foreach (var scope in ScopesOf(task))
        {
            if (scope.ExtrasOrNull?.Deadline is { } moment && (deadline is null || moment < deadline)) deadline = moment;
            isReady |= ready?.Contains(scope) == true;
            if (!runs) continue;
            foreach (var waiter in scope.PendingWaiters())
            {
                if (awaits.Count == 0) innermost = scope;
                awaits.Add(new AwaitBranch(MethodsTo(task, waiter), Describe(waiter)));
            }
        }
        bool waits = idle || awaits.Count > 0; // one that runs may have begun waits beside
        string? waitingFor = awaits is [var first, ..] ? first.WaitingFor : !idle ? null : isReady ? "its turn" : ready is null ? "foreign work, or its turn" : "foreign work";
        if (idle && awaits.Count == 0 && task.Body is { } outer && AwaitChain.NameOf(outer) is { } method) awaits.Add(new AwaitBranch([method], null));
        var facts = (task.Core.Watch as TaskWatch)?.Debug?.FactsOf(task);
        return new TaskTreeNode(task.Name, task.Status, waitingFor, children)
        {
            Id = task.Number,
            WaitingSince = waits && facts is { LastRan: >= 0 } ? TimeSpan.FromTicks(facts.LastRan) : null,
            CreatedAt = facts?.CreatedAt,
            IsCancelled = innermost.IsCancelled,
            IsShielded = IsShielded(innermost, task),
            Deadline = deadline is { } ticks ? TimeSpan.FromTicks(ticks) : null,
            Awaits = awaits,
        };
    }

    // Directly, or through a wait for many methods at once.
    private static IReadOnlyList<string> MethodsTo(LoopTask task, Waiter waiter)
    {
        if (task.Body is not { } body) return [];
        var methods = AwaitChain.To(body, waiter.Awaiter);
        if (methods.Count > 0) return methods;
        foreach (var outer in Waits(task))
        {
            if (outer.Queue?.Subject is not IWaitForMany { Methods: { } many }) continue;
            foreach (var one in many)
            {
                var inner = AwaitChain.To(one, waiter.Awaiter);
                if (inner.Count > 0) return [.. AwaitChain.To(body, outer.Awaiter), .. inner];
            }
        }
        return [];
    }

    private static bool IsShielded(LoopScope scope, LoopTask task)
    {
        for (; scope != task; scope = scope.Parent!)
        {
            if (scope.Shield) return true;
        }
        return task.Shield;
    }
}
