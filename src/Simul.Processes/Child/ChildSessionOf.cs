using Simul.Processes.Launch;
using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Child;

// A child with a typed outcome. Of a method that returns nothing: NoResult, which has no bytes.
internal sealed class ChildSession<TResult>(string name, string item, ChildProcessOptions options, WorkerLauncher launcher)
    : ChildSession(name, item, options, launcher)
{
    // Continuations must not run on the thread that receives from the process.
    private readonly TaskCompletionSource<TResult> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Completion => _outcome.Task;

    protected override void SetResult(ArenaBlock block, ReadOnlySpan<byte> result)
    {
        string what = $"The result of '{Item}'";
        try
        {
            if (typeof(TResult) == typeof(NoResult)) _outcome.SetResult(default!);
            else _outcome.SetResult(block.IsNone ? WorkPayload.Deserialize<TResult>(result, Serializer, what) : WorkPayload.Deserialize<TResult>(block, lease: null, Serializer, what));
        }
        catch (WorkSerializationException unreadable)
        {
            _outcome.SetException(unreadable);
        }
    }

    protected override void SetFailed(Exception error) => _outcome.SetException(error);

    protected override void SetCancelled() => _outcome.SetCanceled(Token.IsCancellationRequested ? Token : new CancellationToken(canceled: true));
}
