using System.Runtime.CompilerServices;

namespace Simul;

// Follows the chain from an async method that waits up to the method that is a task's body: who awaits whom, through ordinary
// async methods. The runtime keeps it in private fields (decision 0011); where they are not to be had, the answer is "unknown".
//
// A link is a task that ends because of the one below it: an async method (its box is its task), what AsTask made of a wait, a
// combination (WhenAll, WhenAny, WaitAsync), or what a generator or greenlet ends with.
internal static class AwaitChain
{
    private const int Deepest = 100_000;
    private static bool s_unknown; // set once, when this runtime keeps the chain elsewhere

    // Whether what continues with this continuation is the body, or is awaited by it and by nothing else beside. An async
    // method awaits one thing at a time, so the body then waits for this wait alone.
    public static bool LeadsTo(Task body, object? continuation) => Follow(body, continuation, alone: true, null);

    // The methods that await one another, from the body down to the one that waits, by name. Also through combinations, of
    // which this is one branch. Empty when the way to the body is not known.
    public static IReadOnlyList<string> To(Task body, object? continuation)
    {
        List<string> methods = [];
        if (!Follow(body, continuation, alone: false, methods)) return [];
        methods.Reverse();
        return methods;
    }

    // The async method, or the combination, that a task stands for; null when it is neither.
    public static string? NameOf(Task task)
    {
        var type = task.GetType();
        if (IsMethod(type))
        {
            // AsyncStateMachineBox<TStateMachine> inside AsyncTaskMethodBuilder<TResult>: the machine comes last.
            return type.GenericTypeArguments is [.., var machine] && !IsOwnLambda(machine) ? MethodNames.OfStateMachine(machine) : null;
        }
        string name = type.Name;
        if (name.StartsWith("WhenAllPromise", StringComparison.Ordinal)) return "Task.WhenAll";
        if (name.StartsWith("CompleteOnInvokePromise", StringComparison.Ordinal) || name.StartsWith("TwoTaskWhenAnyPromise", StringComparison.Ordinal)) return "Task.WhenAny";
        if (name.StartsWith("CancellationPromise", StringComparison.Ordinal)) return "Task.WaitAsync";
        return name.StartsWith("UnwrapPromise", StringComparison.Ordinal) ? "Task.Unwrap" : null;
    }

    private static bool Follow(Task body, object? continuation, bool alone, List<string>? names)
    {
        if (s_unknown) return false;
        try
        {
            var link = LinkOf(continuation, alone, names);
            for (int depth = 0; link is not null && depth < Deepest; depth++)
            {
                if (link == body) return true;
                link = LinkOf(Continuation(link), alone, names);
            }
            return false;
        }
        catch (Exception missing) when (missing is MissingFieldException or TypeLoadException or NotSupportedException)
        {
            s_unknown = true;
            return false;
        }
    }

    // What a continuation resumes. Alone: null where several things are awaited at once (WhenAll), or where something else than
    // an async method waits.
    private static Task? LinkOf(object? continuation, bool alone, List<string>? names)
    {
        switch (continuation)
        {
            case null:
                return null;
            case Task task:
                return LinkOfTask(task, alone, names);
            case Action action:
                return LinkOfTarget(action.Target, alone, names);
            case List<object?> several:
                // Several await the same task: one of them is as good as another for a name, none is the only one.
                if (alone) return null;
                foreach (object? one in several.ToArray())
                {
                    if (LinkOf(one, alone, names) is { } link) return link;
                }
                return null;
            default:
                return IsAwaitContinuation(continuation) ? LinkOfTarget(ActionOf(continuation).Target, alone, names) : null;
        }
    }

    private static Task? LinkOfTarget(object? target, bool alone, List<string>? names)
    {
        // While somebody listens to the BCL's events, each continuation is wrapped once more.
        if (target?.GetType().Name == "ContinuationWrapper") target = Unwrap(target);
        switch (target)
        {
            case IAwaitLink link:
                names?.Add(link.Method);
                return link.Outcome;
            case Task task:
                return LinkOfTask(task, alone, names);
            default:
                return null;
        }
    }

    private static Task? LinkOfTask(Task task, bool alone, List<string>? names)
    {
        bool single = IsMethod(task.GetType()) || IsAsTask(task.GetType());
        if (!single && (alone || NameOf(task) is null)) return null;
        if (names is not null && NameOf(task) is { } name) names.Add(name);
        return task;
    }

    private static object? Unwrap(object wrapper)
    {
        try
        {
            return Wrapped(wrapper).Target;
        }
        catch (Exception missing) when (missing is MissingFieldException or TypeLoadException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsMethod(Type type) => type.Name.Contains("AsyncStateMachineBox", StringComparison.Ordinal);

    // Ends with the wait and with nothing else.
    private static bool IsAsTask(Type type) => type.Name.StartsWith("ValueTaskSourceAsTask", StringComparison.Ordinal);

    // Lambdas of Simul's own say nothing to its users.
    private static bool IsOwnLambda(Type machine) =>
        machine.Assembly == typeof(AwaitChain).Assembly && machine.Name.Contains("b__", StringComparison.Ordinal);

    private static bool IsAwaitContinuation(object continuation)
    {
        for (var type = continuation.GetType(); type is not null; type = type.BaseType)
        {
            if (type.FullName == "System.Threading.Tasks.AwaitTaskContinuation") return true;
        }
        return false;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_continuationObject")]
    private static extern ref object? Continuation(Task task);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_action")]
    private static extern ref Action ActionOf([UnsafeAccessorType("System.Threading.Tasks.AwaitTaskContinuation, System.Private.CoreLib")] object continuation);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_continuation")]
    private static extern ref Action Wrapped([UnsafeAccessorType("System.Runtime.CompilerServices.AsyncMethodBuilderCore+ContinuationWrapper, System.Private.CoreLib")] object wrapper);
}
