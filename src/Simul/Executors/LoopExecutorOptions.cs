namespace Simul;

/// <summary>How a <see cref="LoopExecutor"/> runs.</summary>
public sealed record LoopExecutorOptions : ExecutorOptions
{
    /// <summary>Items under way at the same time, at most. Default: 1,000.</summary>
    public int Workers
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Workers), value, "A loop executor needs room for at least 1 item.");
    } = 1000;

    /// <summary>Gets what items leave behind: errors of bare callbacks and of <c>async void</c> methods. Default: standard error.</summary>
    public Action<Exception>? UnhandledError { get; init; }
}
