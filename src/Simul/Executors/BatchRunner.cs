namespace Simul;

// What an engine offers a map of items so short that a message for each would cost more than the items: many inputs in one
// message, one result each.
internal abstract class BatchRunner<TArg, TResult>
{
    // How many inputs one batch can take.
    public abstract int Largest { get; }

    // Runs the inputs from `start` on, in order, until one fails. Fails itself only when none of its items began.
    public abstract Task<BatchOutcome<TResult>> RunAsync(TArg[] inputs, int start, int count, CancellationToken cancellationToken);
}

// How a batch ended. `Done` items returned their results. With an error, the one behind them failed with it. What is behind that
// never began.
internal readonly record struct BatchOutcome<TResult>(TResult[] Results, int Done, Exception? Error, TimeSpan Time);
