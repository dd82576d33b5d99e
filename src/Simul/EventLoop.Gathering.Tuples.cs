namespace Simul;

// Gathering operations of different types.
public sealed partial class EventLoop
{
    /// <summary>Waits for operations of different types that run in the current task: <c>var (a, b) = await EventLoop.GatherAsync((A(), B()));</c></summary>
    /// <remarks>As <see cref="GatherAsync{T}(ReadOnlySpan{ValueTask{T}})"/> does.</remarks>
    /// <typeparam name="T1">What the first returns.</typeparam>
    /// <typeparam name="T2">What the second returns.</typeparam>
    /// <param name="waits">The operations.</param>
    /// <returns>The results; allocates nothing when all are there already.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static ValueTask<(T1, T2)> GatherAsync<T1, T2>((ValueTask<T1>, ValueTask<T2>) waits)
    {
        var scope = LoopScope.Require();
        if (waits.Item1.IsCompletedSuccessfully && waits.Item2.IsCompletedSuccessfully)
            return Passing(scope, (waits.Item1.Result, waits.Item2.Result));
        var all = new Gathering(scope);
        return Collect(all, all.Follow(waits.Item1), all.Follow(waits.Item2));

        static async ValueTask<(T1, T2)> Collect(Gathering all, Task<T1> a, Task<T2> b)
        {
            await all.WaitAsync();
            return (a.Result, b.Result);
        }
    }

    /// <inheritdoc cref="GatherAsync{T1, T2}(ValueTuple{ValueTask{T1}, ValueTask{T2}})"/>
    /// <typeparam name="T1">What the first returns.</typeparam>
    /// <typeparam name="T2">What the second returns.</typeparam>
    /// <typeparam name="T3">What the third returns.</typeparam>
    public static ValueTask<(T1, T2, T3)> GatherAsync<T1, T2, T3>((ValueTask<T1>, ValueTask<T2>, ValueTask<T3>) waits)
    {
        var scope = LoopScope.Require();
        if (waits.Item1.IsCompletedSuccessfully && waits.Item2.IsCompletedSuccessfully && waits.Item3.IsCompletedSuccessfully)
            return Passing(scope, (waits.Item1.Result, waits.Item2.Result, waits.Item3.Result));
        var all = new Gathering(scope);
        return Collect(all, all.Follow(waits.Item1), all.Follow(waits.Item2), all.Follow(waits.Item3));

        static async ValueTask<(T1, T2, T3)> Collect(Gathering all, Task<T1> a, Task<T2> b, Task<T3> c)
        {
            await all.WaitAsync();
            return (a.Result, b.Result, c.Result);
        }
    }

    /// <inheritdoc cref="GatherAsync{T1, T2}(ValueTuple{ValueTask{T1}, ValueTask{T2}})"/>
    /// <typeparam name="T1">What the first returns.</typeparam>
    /// <typeparam name="T2">What the second returns.</typeparam>
    /// <typeparam name="T3">What the third returns.</typeparam>
    /// <typeparam name="T4">What the fourth returns.</typeparam>
    public static ValueTask<(T1, T2, T3, T4)> GatherAsync<T1, T2, T3, T4>((ValueTask<T1>, ValueTask<T2>, ValueTask<T3>, ValueTask<T4>) waits)
    {
        var scope = LoopScope.Require();
        if (waits.Item1.IsCompletedSuccessfully && waits.Item2.IsCompletedSuccessfully && waits.Item3.IsCompletedSuccessfully && waits.Item4.IsCompletedSuccessfully)
            return Passing(scope, (waits.Item1.Result, waits.Item2.Result, waits.Item3.Result, waits.Item4.Result));
        var all = new Gathering(scope);
        return Collect(all, all.Follow(waits.Item1), all.Follow(waits.Item2), all.Follow(waits.Item3), all.Follow(waits.Item4));

        static async ValueTask<(T1, T2, T3, T4)> Collect(Gathering all, Task<T1> a, Task<T2> b, Task<T3> c, Task<T4> d)
        {
            await all.WaitAsync();
            return (a.Result, b.Result, c.Result, d.Result);
        }
    }

    /// <inheritdoc cref="GatherAsync{T1, T2}(ValueTuple{ValueTask{T1}, ValueTask{T2}})"/>
    /// <typeparam name="T1">What the first returns.</typeparam>
    /// <typeparam name="T2">What the second returns.</typeparam>
    /// <typeparam name="T3">What the third returns.</typeparam>
    /// <typeparam name="T4">What the fourth returns.</typeparam>
    /// <typeparam name="T5">What the fifth returns.</typeparam>
    public static ValueTask<(T1, T2, T3, T4, T5)> GatherAsync<T1, T2, T3, T4, T5>(
        (ValueTask<T1>, ValueTask<T2>, ValueTask<T3>, ValueTask<T4>, ValueTask<T5>) waits)
    {
        var scope = LoopScope.Require();
        if (waits.Item1.IsCompletedSuccessfully && waits.Item2.IsCompletedSuccessfully && waits.Item3.IsCompletedSuccessfully
            && waits.Item4.IsCompletedSuccessfully && waits.Item5.IsCompletedSuccessfully)
            return Passing(scope, (waits.Item1.Result, waits.Item2.Result, waits.Item3.Result, waits.Item4.Result, waits.Item5.Result));
        var all = new Gathering(scope);
        return Collect(all, all.Follow(waits.Item1), all.Follow(waits.Item2), all.Follow(waits.Item3), all.Follow(waits.Item4), all.Follow(waits.Item5));

        static async ValueTask<(T1, T2, T3, T4, T5)> Collect(Gathering all, Task<T1> a, Task<T2> b, Task<T3> c, Task<T4> d, Task<T5> e)
        {
            await all.WaitAsync();
            return (a.Result, b.Result, c.Result, d.Result, e.Result);
        }
    }
}
