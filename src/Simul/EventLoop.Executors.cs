namespace Simul;

// The executors that live with the loop, and their end.
public sealed partial class EventLoop
{
    private List<Executor>? _executors;  // in the order in which they came
    private volatile bool _executorsLate; // their time is up; read by those that end later

    // Has the loop end an executor, in its turn of the shutdown: after every task and every resource that may need it.
    internal T OwnExecutor<T>(T executor)
        where T : Executor
    {
        (_executors ??= []).Add(executor);
        return executor;
    }

    private bool DisownExecutor(Executor executor) => _executors?.Remove(executor) == true;

    private void EndExecutors()
    {
        if (_executors is not { Count: > 0 }) return;
        _abandoned = false; // what is stuck already must not keep these from their chance
        _root.Start(new LoopTask(_root, EndExecutorsAsync, "end of the loop's executors") { Shield = true });
    }

    // Also those that come while others end.
    private async Task EndExecutorsAsync()
    {
        while (_executors is { Count: > 0 } executors)
        {
            _executors = null;
            await EndTogetherAsync(executors);
        }
    }

    // The limit is real time: what does not end is outside of a virtual clock, which would jump over the limit at once.
    private async Task EndTogetherAsync(List<Executor> executors)
    {
        var ending = executors.ConvertAll(EndAsync);
        try
        {
            await Task.WhenAll(ending).WaitAsync(_options.ExecutorShutdownTimeout, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _executorsLate = true;
            var late = executors.Where((_, i) => !ending[i].IsCompleted).Select(static executor => $"{executor.Engine} ({executor.GetStatistics()})");
            Log($"{Name} has given its executors {_options.ExecutorShutdownTimeout} to end and goes without {string.Join(", ", late)}: work that heeds no cancellation still runs there.");
        }
        foreach (var ended in ending)
        {
            if (ended is { IsCompleted: true, Result: { } error }) HandleUnhandled(error);
        }
    }

    private async Task<Exception?> EndAsync(Executor executor)
    {
        try
        {
            await executor.DisposeAsync();
            return null;
        }
        catch (Exception error)
        {
            if (_executorsLate) Log($"an executor of {Name} failed after the loop had ended: {error}");
            return error;
        }
    }
}
