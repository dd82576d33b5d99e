using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Child;

// A child with a typed outcome. Of a method that returns nothing: NoResult, which has no bytes.
internal sealed class ChildSession<TResult>(string name, string item, ChildProcessOptions options) : ChildSession(name, item, options)
{
    // Continuations must not run on the thread that receives from the process.
    private readonly TaskCompletionSource<TResult> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Completion => _outcome.Task;

    protected override void SetResult(ReadOnlySpan<byte> result, ArenaBlock block)
    {
        try
        {
            string what = $"The result of '{Item}'";
            if (!block.IsNone) _outcome.SetResult(WorkPayload.Deserialize<TResult>(block, lease: null, what));
            else _outcome.SetResult(typeof(TResult) == typeof(NoResult) ? default! : WorkPayload.Deserialize<TResult>(result, what));
        }
        catch (WorkSerializationException unreadable)
        {
            _outcome.SetException(unreadable);
        }
    }

    protected override void SetFailed(Exception error) => _outcome.SetException(error);

    protected override void SetCancelled() => _outcome.SetCanceled(Token.IsCancellationRequested ? Token : new CancellationToken(canceled: true));
}
