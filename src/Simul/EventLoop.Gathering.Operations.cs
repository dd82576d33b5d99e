namespace Simul;

public sealed partial class EventLoop
{
    // Follows operations of one task (ValueTasks, and other people's tasks) and wakes who waits for all of them.
    // Owner: the loop's baton holder; each operation is followed in the scope of the gather, so its end is met on the loop.
    private sealed class Gathering : IWaitSubject, IWaitForMany
    {
        private const int MostLookedAt = 64;

        private readonly LoopScope _scope;
        private readonly WaiterQueue _waiting;
        private readonly List<Task> _methods = []; // those that follow; no more than are ever looked at
        private int _left;
        private Exception? _error;
        private bool _over; // the wait has begun: what fails now is raised there, or comes too late

        public Gathering(LoopScope scope)
        {
            _scope = scope;
            _waiting = new WaiterQueue(this);
        }

        public IEnumerable<Task>? Methods => _methods.Count < MostLookedAt ? _methods.Where(static method => !method.IsCompleted) : null;

        public string Describe() => $"{_left} operations";

        public void Follow<T>(ValueTask<T> wait, T[] results, int index)
        {
            var before = Enter();
            Added(FollowAsync(wait, results, index), before);
        }

        public void Follow(ValueTask wait)
        {
            var before = Enter();
            Added(FollowAsync(wait), before);
        }

        // Its result is there when the gather has succeeded.
        public Task<T> Follow<T>(ValueTask<T> wait)
        {
            var before = Enter();
            var method = FollowAsync(wait);
            Added(method, before);
            return method;
        }

        // Ends when all have, or raises the first error. Called once.
        public ValueTask WaitAsync()
        {
            _over = true;
            if (_scope.IsCancelled) return _scope.Cancelled();
            if (_error is not null) return ValueTask.FromException(_error);
            return _left > 0 ? _scope.WaitIn(_waiting) : Passing(_scope);
        }

        public async ValueTask<T> CollectAsync<T>(T results)
        {
            await WaitAsync();
            return results;
        }

        // In the gather's scope also where the caller has no context: an end met on another thread would be a race.
        private SynchronizationContext? Enter()
        {
            var before = SynchronizationContext.Current;
            if (before != _scope) SynchronizationContext.SetSynchronizationContext(_scope);
            _left++;
            return before;
        }

        private void Added(Task method, SynchronizationContext? before)
        {
            if (before != _scope) SynchronizationContext.SetSynchronizationContext(before);
            if (!method.IsCompleted && _methods.Count < MostLookedAt) _methods.Add(method);
        }

        private async Task FollowAsync<T>(ValueTask<T> wait, T[] results, int index)
        {
            try
            {
                results[index] = await wait;
            }
            catch (Exception error)
            {
                Failed(error);
                return;
            }
            Ended();
        }

        private async Task FollowAsync(ValueTask wait)
        {
            try
            {
                await wait;
            }
            catch (Exception error)
            {
                Failed(error);
                return;
            }
            Ended();
        }

        private async Task<T> FollowAsync<T>(ValueTask<T> wait)
        {
            T result;
            try
            {
                result = await wait;
            }
            catch (Exception error)
            {
                Failed(error);
                return default!;
            }
            Ended();
            return result;
        }

        private void Ended()
        {
            if (--_left == 0) _waiting.TakeFirst()?.Grant();
        }

        private void Failed(Exception error)
        {
            _left--;
            if (!_over)
            {
                if (_error is null) _error = error;
                else Log(error);
            }
            else if (_waiting.TakeFirst() is { } waiter)
            {
                waiter.Fail(error);
            }
            else
            {
                Log(error);
            }
        }

        // Somebody else's error was raised, or the gather was given up.
        private void Log(Exception error)
        {
            if (error is OperationCanceledException && _scope.IsCancelled) return;
            ((EventLoop)_scope.Core.Host).Log($"An operation failed beside or after another one of its gather, whose error was raised: {error}");
        }
    }
}
