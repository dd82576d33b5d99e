using System.Threading.Tasks.Sources;

namespace Simul;

// Finds out by which callback C# resumes an async method that awaits a ValueTask: it awaits one that never ends and keeps
// what it is handed. If that ever stopped to be one and the same delegate, the queue would only be a little slower.
internal sealed class ResumeProbe : IValueTaskSource
{
    private Action<object?> _resume = static _ => { };

    public static Action<object?> Find()
    {
        var probe = new ResumeProbe();
        _ = AwaitAsync(probe);
        return probe._resume;

        static async Task AwaitAsync(ResumeProbe probe) => await new ValueTask(probe, 0);
    }

    public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Pending;

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _resume = continuation;

    public void GetResult(short token)
    {
    }
}
