namespace Simul;

/// <summary>Whether, how often and when an item that failed is tried again.</summary>
/// <remarks>
/// <para>What is tried again runs again from its beginning: it must be safe to run twice. Without a policy no item runs
/// twice.</para>
/// <para>Which failures: lost workers (<see cref="WorkerLostException"/>) unless <see cref="When"/> says otherwise. Never:
/// an item that was given up; one that a <see cref="ThreadExecutor"/> gave up at its time limit, because it may still run.</para>
/// <para>The item keeps its place among the accepted work: an executor that ends waits for its further attempts. The
/// attempt's number is <see cref="WorkContext.Attempt"/>, and in a map <see cref="WorkOutcome{TArg, TResult}.Attempts"/>.</para>
/// <para>Thread safety: immutable.</para>
/// </remarks>
/// <example>
/// <code>
/// var retry = new RetryPolicy { Attempts = 5, Delay = TimeSpan.FromSeconds(1), When = e => e is HttpRequestException };
/// await engine.SubmitAsync(Fetch, address, new WorkOptions { Retry = retry });
/// </code>
/// </example>
public sealed record RetryPolicy
{
    /// <summary>How often an item is tried in all. Default: 3.</summary>
    public int Attempts
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Attempts), value, "An item is tried at least once.");
    } = 3;

    /// <summary>How many workers an item may take with it, whatever <see cref="Attempts"/> says; then it fails with
    /// <see cref="PoisonedWorkException"/>. Default: 3.</summary>
    public int PoisonLimit
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(PoisonLimit), value, "The limit is at least 1 worker.");
    } = 3;

    /// <summary>How long to wait before the second attempt, on the executor's clock. Default: not at all.</summary>
    public TimeSpan Delay
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(Delay), value, "The delay must be zero or more.");
    }

    /// <summary>What each further delay is multiplied by. Default: 2.</summary>
    public double Backoff
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Backoff), value, "Each delay is at least as long as the one before: 1 or more.");
    } = 2;

    /// <summary>The longest delay. Default: 1 minute.</summary>
    public TimeSpan MaxDelay
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(MaxDelay), value, "The longest delay must be zero or more.");
    } = TimeSpan.FromMinutes(1);

    /// <summary>Which failures are worth another attempt; it must be quick. An exception of its own counts as no. Default:
    /// <see cref="WorkerLostException"/>.</summary>
    public Func<Exception, bool>? When { get; init; }

    /// <summary>Tries again whatever the method threw that is of one type, or a lost worker.</summary>
    /// <typeparam name="TException">The type.</typeparam>
    /// <param name="attempts">How often in all.</param>
    /// <returns>The policy.</returns>
    public static RetryPolicy On<TException>(int attempts = 3)
        where TException : Exception => new() { Attempts = attempts, When = static error => error is TException or WorkerLostException };

    // How long to wait before the next attempt; null when there is none. The failure is replaced when it is one too many.
    internal TimeSpan? Next(string item, int attempt, ref int losses, ref Exception error)
    {
        if (error is WorkerLostException lost && ++losses >= PoisonLimit)
        {
            error = new PoisonedWorkException(item, losses, lost);
            return null;
        }
        if (attempt >= Attempts || !Wants(error)) return null;
        double ticks = Delay.Ticks * Math.Pow(Backoff, attempt - 1);
        return ticks < MaxDelay.Ticks ? new TimeSpan((long)ticks) : MaxDelay;
    }

    private bool Wants(Exception error)
    {
        try
        {
            return When?.Invoke(error) ?? error is WorkerLostException;
        }
        catch (Exception)
        {
            // The item's own failure is what its submitter has to hear.
            return false;
        }
    }
}
