using System.Threading.Tasks.Sources;

namespace Simul;

// A wait that brings a value. Pooled by thread and type: a loop's waits begin and end on its own thread.
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

    public ValueTask<T> AsValueTaskOfT() => new(this, Version);

    T IValueTaskSource<T>.GetResult(short token)
    {
        ThrowIfUsedTwice(token);
        if (!IsGranted) ThrowFailure();
        var value = _value!;
        _value = default;
        Release();
        return value;
    }
}
