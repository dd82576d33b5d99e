using System.Runtime.InteropServices;

namespace Simul;

internal sealed class SignalSequence(PosixSignal[] signals) : IAsyncEnumerable<PosixSignal>
{
    public IAsyncEnumerator<PosixSignal> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Receiver(EventLoop.Current, signals, cancellationToken);

    // Owner of all but the registrations: the loop.
    private sealed class Receiver : IAsyncEnumerator<PosixSignal>, IWaitSubject
    {
        private readonly EventLoop _loop;
        private readonly Queue<PosixSignal> _arrived = new();
        private readonly WaiterQueue _waiting;
        private readonly List<PosixSignalRegistration> _registrations = [];
        private readonly CancellationToken _cancellationToken;
        private readonly string _names;

        public Receiver(EventLoop loop, PosixSignal[] signals, CancellationToken cancellationToken)
        {
            _loop = loop;
            _cancellationToken = cancellationToken;
            _waiting = new WaiterQueue(this);
            _names = string.Join(", ", signals);
            try
            {
                foreach (var signal in signals) _registrations.Add(PosixSignalRegistration.Create(signal, Deliver));
            }
            catch
            {
                Unregister(); // the platform does not know one of them
                throw;
            }
        }

        public PosixSignal Current { get; private set; }

        public string Describe() => $"a signal ({_names})";

        public async ValueTask<bool> MoveNextAsync()
        {
            var scope = LoopTask.RequireOn(_loop.Root);
            if (_waiting.Count > 0) throw new InvalidOperationException("The signals are being waited for already. Let one task read them, or have each enumerate for itself.");
            _cancellationToken.ThrowIfCancellationRequested();
            if (_arrived.Count == 0)
            {
                using var open = _loop.HoldOpen();
                using var cancel = _cancellationToken.UnsafeRegister(static x => ((Receiver)x!).WakeUp(), this);
                await scope.WaitIn(_waiting);
                if (_arrived.Count == 0) _cancellationToken.ThrowIfCancellationRequested();
            }
            else if (!scope.TryPassCheckpoint())
            {
                await scope.Yield();
            }
            Current = _arrived.Dequeue();
            return true;
        }

        public ValueTask DisposeAsync()
        {
            Unregister();
            return ValueTask.CompletedTask;
        }

        private void Unregister()
        {
            foreach (var registration in _registrations) registration.Dispose();
        }

        // On a thread of the runtime. When the loop has ended, the signal's default action happens.
        private void Deliver(PosixSignalContext context)
        {
            var signal = context.Signal;
            context.Cancel = _loop.PostSignal(_ =>
            {
                _arrived.Enqueue(signal);
                _waiting.TakeFirst()?.Grant();
            }) || context.Cancel;
        }

        private void WakeUp() => _loop.PostSignal(_ => _waiting.TakeFirst()?.Grant());
    }
}
