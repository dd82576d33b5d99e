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
    private List<SharedObject>? _sent;

    private SharedCargo(SharedCargo? outer) => _outer = outer;

    // From here on, to End, this thread collects.
    public static SharedCargo Begin() => t_current = new SharedCargo(t_current);

    // Null if nothing came.
    public SharedCargo? End()
    {
        t_current = _outer;
        return _sent is null ? null : this;
    }

    public static SharedHandle Load(SharedObject sent)
    {
        if (sent.IsDisposed || !sent.Block.TryAddUser())
            throw new WorkSerializationException($"A {sent.GetType().Name} in it was disposed before. Dispose shared objects when they have been sent.");
        sent.OnSent();
        if (t_current is { } cargo)
        {
            (cargo._sent ??= []).Add(sent);
            return sent.Block.HandleFor(isOffer: false, sent.Part);
        }
        Offer(sent);
        return sent.Block.HandleFor(isOffer: true, sent.Part);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _sent, null) is not { } all) return;
        foreach (var sent in all) End(sent);
    }

    private static unsafe void Offer(SharedObject sent)
    {
        Interlocked.Increment(ref sent.Block.Header->Offered);
        if (Interlocked.Exchange(ref s_watchesExit, 1) == 0) AppDomain.CurrentDomain.ProcessExit += static (_, _) => AwaitOffers();
        var offer = KeepAsync(sent);
        if (offer.IsCompleted) return;
        lock (s_offers) s_offers.Add(offer);
        offer.ContinueWith(static done =>
        {
            lock (s_offers) s_offers.Remove(done);
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static async Task KeepAsync(SharedObject sent)
    {
        await SharedWait.WaitAsync(sent.Block, null, sent.Block.OfferCell, new AllOpened(sent.Block), s_longest, CancellationToken.None).ConfigureAwait(false);
        End(sent);
    }

    private static void End(SharedObject sent)
    {
        sent.OnSentEnd();
        sent.Block.RemoveUser();
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
