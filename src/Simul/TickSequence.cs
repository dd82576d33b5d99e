using System.Threading.Tasks.Sources;

namespace Simul;

// The ticks of a period, and one reading of them. A reading hands out the loop's own waiter under its own name, so that a
// tick costs no allocation: an async iterator would cost a delegate and a turn for each.
// Owner: the loop's baton holder.
internal sealed class TickSequence(long period, MissedTicks missed) : IAsyncEnumerable<TimeSpan>
{
    public IAsyncEnumerator<TimeSpan> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Reading(period, missed, cancellationToken);

    private sealed class Reading(long period, MissedTicks missed, CancellationToken token) : IAsyncEnumerator<TimeSpan>, IValueTaskSource<bool>
    {
        private LoopCore? _core;
        private Waiter? _waiter; // of the tick waited for
        private long _due;
        private CancellationTokenRegistration _registration;

        public TimeSpan Current { get; private set; }

        public ValueTask<bool> MoveNextAsync()
        {
            var scope = LoopScope.Require();
            if (_core is null) Begin(scope.Core);
            if (token.IsCancellationRequested) return ValueTask.FromException<bool>(new OperationCanceledException(token));
            if (scope.IsCancelled) return scope.Cancelled<bool>();
            var waiter = _waiter = null;
            if (_due <= scope.Core.Clock.Now)
            {
                if (scope.TryPassCheckpoint())
                {
                    Tick();
                    return new(true);
                }
                waiter = scope.RentWaiter();
                waiter.ArmYield(scope);
            }
            else
            {
                waiter = scope.RentWaiter();
                waiter.Arm(scope);
                scope.Core.Timers.Add(waiter, _due);
            }
            _waiter = waiter;
            return new(this, waiter.Version);
        }

        public ValueTask DisposeAsync()
        {
            _registration.Dispose();
            return default;
        }

        ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => Required().GetStatus(token);

        void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            Required().OnCompleted(continuation, state, token, flags);

        bool IValueTaskSource<bool>.GetResult(short token)
        {
            var waiter = Required();
            waiter.GetStatus(token); // throws when it is used twice; then the wait is still ours
            _waiter = null;          // the next time it may be somebody else's
            waiter.GetResult(token);
            Tick();
            return true;
        }

        private Waiter Required() => _waiter ?? throw new InvalidOperationException("The ValueTask of a tick was awaited twice. Await it once; call MoveNextAsync again for the next tick.");

        private void Tick()
        {
            Current = TimeSpan.FromTicks(_due);
            _due = Period.Next(_due, period, _core!.Clock.Now, missed);
        }

        private void Begin(LoopCore core)
        {
            _core = core;
            _due = core.DeadlineIn(TimeSpan.FromTicks(period));
            if (token.CanBeCanceled)
                _registration = token.UnsafeRegister(static x => { var r = (Reading)x!; r._core!.Inject(s_giveUp, r, r._core.Host.RootContext); }, this);
        }

        private static readonly Action<object?> s_giveUp = static x => ((Reading)x!).GiveUpOnLoop();

        private void GiveUpOnLoop()
        {
            if (_waiter is not { IsPending: true } waiter) return;
            _core!.Timers.Remove(waiter);
            waiter.Fail(new OperationCanceledException(token));
        }
    }
}
