using System.Threading.Tasks.Sources;

namespace Simul;

// A wait that brings a value, or brings one along: a channel's writer waits with its item. Pooled by thread and type: a
// loop's waits begin and end on its own thread.
internal sealed class Waiter<T> : Waiter, IValueTaskSource<T>
{
    private const int PoolSize = 64;

    [ThreadStatic] private static Waiter<T>? t_pool;
    [ThreadStatic] private static int t_pooled;

    private T? _value;

    public static new Waiter<T> Rent()
    {
        var waiter = t_pool;
        if (waiter is null) return new Waiter<T>();
        t_pool = (Waiter<T>?)waiter.NextInQueue;
        t_pooled--;
        waiter.NextInQueue = null;
        return waiter;
    }

    protected override void Keep()
    {
        if (t_pooled >= PoolSize) return;
        NextInQueue = t_pool;
        t_pool = this;
        t_pooled++;
    }

    public void Grant(T value)
    {
        _value = value;
        Grant();
    }

    public void ArmYield(LoopScope scope, T value)
    {
        _value = value;
        ArmYield(scope);
    }

    // What this wait brings along, for whoever grants it.
    public void Offer(T value) => _value = value;

    public T Offered => _value!;

    public T TakeOffer()
    {
        var value = _value!;
        _value = default;
        return value;
    }

    public ValueTask<T> AsValueTaskOfT() => new(this, Version);

    // The result, unless the wait failed with a kind of error that is an ordinary end to whoever asks; then nothing is thrown.
    public bool TryGetResult<TEnd>(short token, out T? result, out TEnd? end)
        where TEnd : Exception
    {
        ThrowIfUsedTwice(token);
        end = Error as TEnd;
        if (end is null)
        {
            result = TakeResult(token);
            return true;
        }
        result = default;
        Release();
        return false;
    }

    T IValueTaskSource<T>.GetResult(short token) => TakeResult(token);

    public T TakeResult(short token)
    {
        ThrowIfUsedTwice(token);
        if (!IsGranted)
        {
            if (!IsPending) _value = default; // what it brought along must not be kept in the pool
            ThrowFailure();
        }
        var value = _value!;
        _value = default;
        Release();
        return value;
    }
}
