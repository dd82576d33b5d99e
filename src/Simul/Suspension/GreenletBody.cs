namespace Simul;

// What a greenlet runs, and what ends with it.
internal abstract class GreenletBody
{
    public abstract Task Outcome { get; }

    // Throws nothing: whatever happens is the outcome's.
    public abstract void Run();
}

internal sealed class GreenletBody<T>(Func<T> body) : GreenletBody
{
    // Asynchronous continuations: what waits for the greenlet must not go on upon its stack.
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task<T> Outcome => _outcome.Task;

    public override void Run()
    {
        try
        {
            _outcome.SetResult(body());
        }
        catch (OperationCanceledException error) when (error.CancellationToken.IsCancellationRequested)
        {
            _outcome.SetCanceled(error.CancellationToken);
        }
        catch (Exception error)
        {
            _outcome.SetException(error);
        }
    }
}
