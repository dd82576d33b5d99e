namespace Simul;

// Waiting for several things at once, until the first is there.
public sealed partial class EventLoop
{
    private int _raceStart; // where an unbiased race looks first

    /// <summary>Waits for the first of several operations that run in the current task, and returns which it was and what it
    /// brought. A checkpoint.</summary>
    /// <remarks>
    /// <para>Ordering: of those that have ended already, the first in the order of the arguments wins.</para>
    /// <para>Errors: if the first to end failed, its error is raised.</para>
    /// <para>The others <em>go on</em>, and what they bring is lost: do not race operations that take something, as a read from
    /// a channel does. To cancel the losers and wait for them, race in a <see cref="TaskGroup"/>.</para>
    /// <para>Semantics: JavaScript's <c>Promise.race</c>; Kotlin's <c>select</c> as to the order.</para>
    /// </remarks>
    /// <typeparam name="T">What they return.</typeparam>
    /// <param name="waits">The operations; at least one.</param>
    /// <returns>The winner's place among the arguments, and its result.</returns>
    /// <exception cref="ArgumentException">There is no operation.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static ValueTask<(int Index, T Result)> RaceAsync<T>(params ReadOnlySpan<ValueTask<T>> waits) => Race(waits, 0);

    /// <inheritdoc cref="RaceAsync{T}(ReadOnlySpan{ValueTask{T}})"/>
    /// <returns>The winner's place among the arguments.</returns>
    public static ValueTask<int> RaceAsync(params ReadOnlySpan<ValueTask> waits)
    {
        var scope = LoopScope.Require();
        if (waits.IsEmpty) throw NoRacers();
        var race = new Racing<bool>(scope);
        for (int i = 0; i < waits.Length; i++) race.Follow(waits[i], i);
        return race.IndexAsync();
    }

    /// <summary>As <see cref="RaceAsync{T}(ReadOnlySpan{ValueTask{T}})"/>, but of those that have ended already none is preferred:
    /// each race of a loop begins to look at another place.</summary>
    /// <typeparam name="T">What they return.</typeparam>
    /// <param name="waits">The operations; at least one.</param>
    /// <returns>The winner's place among the arguments, and its result.</returns>
    /// <exception cref="ArgumentException">There is no operation.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static ValueTask<(int Index, T Result)> RaceUnbiasedAsync<T>(params ReadOnlySpan<ValueTask<T>> waits) =>
        Race(waits, waits.IsEmpty ? 0 : (int)((uint)Current._raceStart++ % (uint)waits.Length));

    private static ValueTask<(int Index, T Result)> Race<T>(ReadOnlySpan<ValueTask<T>> waits, int start)
    {
        var scope = LoopScope.Require();
        if (waits.IsEmpty) throw NoRacers();
        var race = new Racing<T>(scope);
        for (int i = 0; i < waits.Length; i++)
        {
            int at = (start + i) % waits.Length;
            race.Follow(waits[at], at);
        }
        return race.WinnerAsync();
    }

    private static ArgumentException NoRacers() => new("A race needs at least one operation: with none it would never end.", "waits");

    // Follows operations of one task and wakes who waits for the first. Each is followed in the scope of the race, so its end
    // is met on the loop. Owner: the loop's baton holder.
    private sealed class Racing<T> : IWaitSubject, IWaitForMany
    {
        private readonly LoopScope _scope;
        private readonly WaiterQueue _waiting;
        private readonly List<Task> _methods = [];
        private int _winner = -1;
        private T? _result;
        private Exception? _error;

        public Racing(LoopScope scope)
        {
            _scope = scope;
            _waiting = new WaiterQueue(this);
        }

        public IEnumerable<Task>? Methods => _methods.Where(static method => !method.IsCompleted);

        public string Describe() => $"the first of {_methods.Count} operations";

        public void Follow(ValueTask<T> wait, int index)
        {
            var before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(_scope);
            _methods.Add(FollowAsync(wait, index));
            SynchronizationContext.SetSynchronizationContext(before);
        }

        public void Follow(ValueTask wait, int index)
        {
            var before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(_scope);
            _methods.Add(FollowAsync(wait, index));
            SynchronizationContext.SetSynchronizationContext(before);
        }

        public async ValueTask<(int Index, T Result)> WinnerAsync()
        {
            if (_winner < 0) await _scope.WaitIn(_waiting);
            else await Passing(_scope);
            if (_error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
            return (_winner, _result!);
        }

        public async ValueTask<int> IndexAsync() => (await WinnerAsync()).Index;

        private async Task FollowAsync(ValueTask<T> wait, int index)
        {
            try
            {
                var result = await wait;
                if (Won(index)) _result = result;
            }
            catch (Exception error)
            {
                Lost(error, index);
            }
        }

        private async Task FollowAsync(ValueTask wait, int index)
        {
            try
            {
                await wait;
                Won(index);
            }
            catch (Exception error)
            {
                Lost(error, index);
            }
        }

        private bool Won(int index)
        {
            if (_winner >= 0) return false;
            _winner = index;
            _waiting.TakeFirst()?.Grant();
            return true;
        }

        private void Lost(Exception error, int index)
        {
            if (error is OperationCanceledException && _scope.IsCancelled) return;
            if (Won(index)) _error = error;
            else ((EventLoop)_scope.Core.Host).Log($"An operation failed in a race that another one had won: {error}");
        }
    }
}
