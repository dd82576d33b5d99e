namespace Simul;

/// <summary>How <c>MapAsync</c> works through its inputs.</summary>
public sealed record MapOptions
{
    internal static MapOptions Default { get; } = new();

    /// <summary>Whether results come in the order of the inputs. Default: true. When false, each comes as soon as it is there.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>How many items may be handed over and not yet taken by the reader. Default: what the engine needs to
    /// keep its workers busy (four for each worker; 256 for each process). An endless input stays bounded by it.</summary>
    public int? LookAhead
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(LookAhead), value, "The look-ahead must be at least 1 item.");
    }

    /// <summary>How many items go to a worker in one message and come back in one. Default: as many as are worth it by
    /// their measured time. 1: each its own.</summary>
    /// <remarks>Batches are for items of microseconds. They are made by the process engine on Linux through shared memory, of
    /// synchronous methods without a token whose argument and result are values without references, in maps without time
    /// limits and retries; elsewhere this is ignored. They change no promise: an error stays at its item, and a crash takes
    /// the one item that ran along. <see cref="LookAhead"/> bounds them; without it, some thousand items are read ahead.</remarks>
    public int? ChunkSize
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(ChunkSize), value, "A chunk holds at least 1 item.");
    }

    /// <summary>How long each item may run. Default: no limit.</summary>
    public TimeSpan? Timeout
    {
        get;
        init => field = value is null || value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Timeout), value, "A time limit must be above zero; leave it out for none.");
    }

    /// <summary>How long the whole map may take, from the call on, on the executor's clock. Default: no limit. At its end
    /// what is under way is cancelled, and the reader gets <see cref="TimeoutException"/>.</summary>
    public TimeSpan? TotalTimeout
    {
        get;
        init => field = value is null || value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(TotalTimeout), value, "A time limit must be above zero; leave it out for none.");
    }

    /// <summary>Whether items that failed are tried again. Default: no.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>The items' priority among all that wait for the executor. Default: 0.</summary>
    public int Priority { get; init; }
}
