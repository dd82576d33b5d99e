using System.Runtime.CompilerServices;

namespace Simul;

// Follows the chain from an async method that waits up to the method that is a task's body: who awaits whom, through ordinary
// async methods. The runtime keeps it in private fields (decision 0011); where they are not to be had, the answer is "unknown".
internal static class AwaitChain
{
    private const int Deepest = 100_000;
    private static bool s_unknown; // set once, when this runtime keeps the chain elsewhere

    // Whether what continues with this continuation is the body, or is awaited by it and by nothing else beside. An async
    // method awaits one thing at a time, so the body then waits for this wait alone.
    public static bool LeadsTo(Task body, object? continuation)
    {
        if (s_unknown) return false;
        try
        {
            var method = MethodOf(continuation);
            for (int depth = 0; method is not null && depth < Deepest; depth++)
            {
                if (method == body) return true;
                method = MethodOf(Continuation(method));
            }
            return false;
        }
        catch (Exception missing) when (missing is MissingFieldException or TypeLoadException or NotSupportedException)
        {
            s_unknown = true;
            return false;
        }
    }

    // The async method that a continuation resumes, as its task; or the task that AsTask made of a wait, which ends with the
    // wait and with nothing else. Null where several things are awaited at once (WhenAll) or
    // something else than an async method waits.
    private static Task? MethodOf(object? continuation) => continuation switch
    {
        Task task => IsMethod(task) ? task : null,
        Action action => MethodOfTarget(action.Target),
        null => null,
        _ => IsAwaitContinuation(continuation) ? MethodOfTarget(ActionOf(continuation).Target) : null,
    };

    private static Task? MethodOfTarget(object? target) => target switch
    {
        IAwaitLink link => link.Outcome,
        Task task when IsMethod(task) => task,
        _ => null,
    };

    private static bool IsMethod(Task task)
    {
        string type = task.GetType().Name;
        return type.Contains("AsyncStateMachineBox", StringComparison.Ordinal) || type.StartsWith("ValueTaskSourceAsTask", StringComparison.Ordinal);
    }

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
}
