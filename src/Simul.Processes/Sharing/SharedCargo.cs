namespace Simul.Processes.Sharing;

// Keeps what was sent until it has arrived: its descriptor must be open in this process until the other one has opened its own,
// also when nobody here holds or has not disposed the object any more.
//
// Two ways. An item of a pool says when it has ended: what its argument and captured values carry is collected between Begin
// and End, and kept until then. Everything else (a worker's result, an item of a queue) is an offer: who opens it counts that
// in the object's header, and it is kept until as many were opened as were offered; five minutes at most, for the result of an
// item that was given up is opened by nobody.
internal sealed class SharedCargo : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_atExit = TimeSpan.FromSeconds(1);

    [ThreadStatic] private static SharedCargo? t_current;
    private static readonly HashSet<Task> s_offers = []; // owner: itself
    private static int s_watchesExit;                    // Interlocked

    private readonly SharedCargo? _outer;
    private List<SharedBlock>? _blocks;

    private SharedCargo(SharedCargo? outer) => _outer = outer;

    // From here on, to End, this thread collects.
    public static SharedCargo Begin() => t_current = new SharedCargo(t_current);

    // Null if nothing came.
    public SharedCargo? End()
    {
        t_current = _outer;
        return _blocks is null ? null : this;
    }

    public static SharedHandle Load(SharedObject sent)
    {
        ObjectDisposedException.ThrowIf(sent.IsDisposed || !sent.Block.TryAddUser(), sent);
        sent.OnSent();
        if (t_current is { } cargo)
        {
            (cargo._blocks ??= []).Add(sent.Block);
            return sent.Block.HandleFor(isOffer: false, sent.Part);
        }
        Offer(sent.Block);
        return sent.Block.HandleFor(isOffer: true, sent.Part);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _blocks, null) is not { } blocks) return;
        foreach (var block in blocks) block.RemoveUser();
    }

    private static unsafe void Offer(SharedBlock block)
    {
        Interlocked.Increment(ref block.Header->Offered);
        if (Interlocked.Exchange(ref s_watchesExit, 1) == 0) AppDomain.CurrentDomain.ProcessExit += static (_, _) => AwaitOffers();
        var offer = KeepAsync(block);
        if (offer.IsCompleted) return;
        lock (s_offers) s_offers.Add(offer);
        offer.ContinueWith(static done =>
        {
            lock (s_offers) s_offers.Remove(done);
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static async Task KeepAsync(SharedBlock block)
    {
        await SharedWait.WaitAsync(block, null, block.OfferCell, new AllOpened(block), s_longest, CancellationToken.None).ConfigureAwait(false);
        block.RemoveUser();
    }

    // A worker that ends right after its result, or a producer after its last item: give the other side a moment to open it.
    private static void AwaitOffers()
    {
        Task[] offers;
        lock (s_offers) offers = [.. s_offers];
        Task.WaitAll(offers, s_atExit);
    }

    private readonly unsafe struct AllOpened(SharedBlock block) : IAttempt
    {
        public bool Try(bool look) => Volatile.Read(ref block.Header->Opened) - Volatile.Read(ref block.Header->Offered) >= 0;
    }
}
