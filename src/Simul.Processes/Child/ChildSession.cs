using Simul.Processes.Launch;
using Simul.Processes.Methods;
using Simul.Processes.Payloads;
using Simul.Processes.Pool;
using Simul.Processes.Transport;

namespace Simul.Processes.Child;

// A child process as its parent sees it: a worker that is given one item and then told to stop. The protocol is the pool's.
//
//   state      means                            leaves by
//   Starting   the process comes up             Ready -> Sent; cancelled and Ready, or gone -> Settled
//   Sent       the item is on its way           Taken -> Running; Dropped or gone -> Settled
//   Running    the method has begun             Done, Failed or gone -> Settled
//   Settled    the outcome is fixed             the process has gone -> Exited
//   Exited     nothing is left
//
// Order at the end: the outcome; then the process's own foreground threads end; then its exit code is known; then Exited. A
// process that ends without a result settles the outcome first, too.
internal abstract class ChildSession
{
    private const long ItemId = 1;
    private const int MethodNumber = 0;
    private static readonly TimeSpan s_exitAfterEnd = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Outbox _outbox = new();
    private readonly ChildProcessOptions _options;
    private readonly WorkerLauncher _launcher; // owner: this session, once it has started
    private WorkerProcess _process = null!; // set by Start, once
    private CancellationTokenRegistration _registration; // set by Start, once
    private ITimer? _grace;       // owner: _gate
    private bool _cancelled;      // owner: _gate; set once, before the outcome is fixed
    private bool _settled;        // owner: _gate; set once
    private string? _killNote;    // owner: _gate; set once: why this side killed it
    private bool _terminated;     // owner: _gate; set once: this side sent SIGTERM
    private MethodReference _method = null!; // this and the next: set by Start, once
    private Payload _closure;     // the launcher's memory these two may lie in is held until they are released
    private Payload _argument;
    private bool _sent;           // owner: _gate; set once: the item is on its way
    private Arena? _results;      // set by Start, once: where large results are
    private bool _taken;          // owner of this and the next: the receiving thread
    private int? _announcedExit;

    protected ChildSession(string name, string item, ChildProcessOptions options, WorkerLauncher launcher)
    {
        _launcher = launcher;
        Name = name;
        Item = item;
        _options = options;
    }

    public string Name { get; }

    protected string Item { get; }

    protected WorkSerializer Serializer => _options.Serializer;

    public int ProcessId => _process.Id;

    // Ends when the process has gone, the outcome is fixed, and exit code or signal is known.
    public Task Exited => _exited.Task;

    public int? ExitCode { get; private set; }

    public string? Signal { get; private set; }

    public CancellationToken Token { get; private set; }

    // Blocks until the process runs and its channel stands.
    public void Start(MethodReference method, Payload closure, Payload argument, CancellationToken token)
    {
        Token = token;
        var (process, channel) = _launcher.Start(Name, 0, Print);
        _process = process;
        (_closure, _argument) = (closure, argument);
        // Nothing can come any more once the process has gone, whoever inherited its end of the channel.
        _ = process.Exited.ContinueWith(_ => channel.Shutdown(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _method = method;
        _outbox.Connect(channel);
        _outbox.Add(this, static (writer, session) => Greeting.Write(writer, session.Name, session._options.Clock, session.Serializer));
        _results = channel.Results;
        new Thread(() => Supervise(channel), 512 * 1024) { IsBackground = true, Name = $"simul {Name}" }.UnsafeStart();
        _outbox.Flush();
        _registration = token.UnsafeRegister(static session => ((ChildSession)session!).Cancel(), this);
        // It may have ended before it could be unregistered.
        if (IsSettled()) _registration.Unregister();
    }

    public void Cancel()
    {
        lock (_gate)
        {
            if (_settled || _cancelled) return;
            _cancelled = true;
            _grace = TimeProvider.System.CreateTimer(static session => ((ChildSession)session!).OnGraceOver(), this, _options.Grace, Timeout.InfiniteTimeSpan);
            if (!_sent) return; // and it will not be
            _outbox.Add(0, static (writer, _) =>
            {
                writer.Begin(MessageKind.Cancel);
                writer.Write(ItemId);
                writer.End();
            });
        }
        _outbox.Flush();
    }

    public void Terminate()
    {
        lock (_gate) _terminated = true;
        _process.Terminate();
    }

    public void Kill(string note = "Kill was called")
    {
        lock (_gate) _killNote ??= note;
        _process.Kill();
    }

    // Leaves nothing: a method that still runs is killed with its process; what goes on after it has ended gets the grace period.
    public async Task CloseAsync()
    {
        bool settled;
        lock (_gate) settled = _settled;
        if (settled)
        {
            try
            {
                await Exited.WaitAsync(_options.Grace, TimeProvider.System).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Killed below.
            }
        }
        if (!Exited.IsCompleted) Kill("it was disposed while its method ran");
        await Exited.ConfigureAwait(false);
    }

    // In the block if there is one.
    protected abstract void SetResult(ArenaBlock block, ReadOnlySpan<byte> result);

    protected abstract void SetFailed(Exception error);

    protected abstract void SetCancelled();

    private void Supervise(Channel channel)
    {
        WorkerExit exit = default;
        Exception? failure = null;
        using (channel)
        {
            try
            {
                Receive(channel);
                // The channel ended first: the process is about to end, or its method closed the channel behind our back.
                if (!IsSettled() && !_process.Exited.Wait(s_exitAfterEnd)) Kill("it closed its channel to this process");
            }
            catch (Exception error)
            {
                // Not one of ours, and still no reason to take the application down: whoever waits for the child is told.
                failure = error;
                Kill($"an error in this process: {error.Message}");
            }
            exit = _process.Exited.GetAwaiter().GetResult();
        }
        _launcher.Release(_closure, _argument);
        _launcher.Dispose();
        (ExitCode, Signal) = exit.Told(_announcedExit);
        if (TrySettle()) SettleWithoutResult(exit, failure);
        _exited.SetResult();
    }

    private void Receive(Channel channel)
    {
        var reader = new FrameReader(channel);
        while (reader.Fill())
        {
            while (reader.TryRead(out var kind, out var body)) OnMessage(kind, new FrameBody(body));
        }
    }

    private void OnMessage(MessageKind kind, FrameBody body)
    {
        switch (kind)
        {
            case MessageKind.Ready:
                OnReady();
                break;
            case MessageKind.Taken:
                _taken = true;
                break;
            case MessageKind.Done or MessageKind.Failed:
                body.ReadInt64(); // the item: there is one
                body.ReadInt64(); // how long it ran
                // First of all, so that the process ends while the result is read.
                Stop(exitCode: kind == MessageKind.Done ? 0 : 1);
                // Before the outcome is fixed: a frame that is none must not leave it open.
                var error = kind == MessageKind.Failed ? ExceptionPayload.Read(ref body) : null;
                var block = error is null ? body.ReadPlace(_results) : default;
                if (!TrySettle()) break;
                if (error is null) SetResult(block, body.Rest);
                else SettleFailed(error);
                break;
            case MessageKind.Dropped:
                GiveUp();
                break;
            case MessageKind.Exiting:
                _announcedExit = body.ReadInt32();
                break;
            case MessageKind.OtherBuild:
                throw BuildIdentity.Read(ref body).Refused();
        }
    }

    // The item goes out only now: a process of another build would not understand it.
    private void OnReady()
    {
        bool cancelled;
        lock (_gate)
        {
            cancelled = _cancelled;
            if (!cancelled)
            {
                _sent = true;
                _outbox.Add(this, static (writer, session) =>
                {
                    session._method.Write(writer, MethodNumber);
                    ItemFrame.Begin(writer, ItemId, MethodNumber, 0);
                    RunExtras.WriteNone(writer);
                    ItemFrame.End(writer, session._closure, session._argument);
                });
            }
        }
        if (cancelled) GiveUp();
        else _outbox.Flush();
    }

    // Cancelled, and it never began.
    private void GiveUp()
    {
        Stop(exitCode: 1);
        if (TrySettle()) SetCancelled();
    }

    private void Stop(int exitCode)
    {
        _outbox.Add(exitCode, static (writer, code) =>
        {
            writer.Begin(MessageKind.Stop);
            writer.Write(code);
            writer.End();
        });
        _outbox.Flush();
    }

    private bool IsSettled()
    {
        lock (_gate) return _settled;
    }

    // True for the one who fixes the outcome.
    private bool TrySettle()
    {
        lock (_gate)
        {
            if (_settled) return false;
            _settled = true;
            _grace?.Dispose();
        }
        _registration.Unregister();
        return true;
    }

    // An OperationCanceledException of a child nobody cancelled is a failure like any other.
    private void SettleFailed(Exception error)
    {
        if (error is OperationCanceledException && _cancelled) SetCancelled();
        else SetFailed(error);
    }

    private void SettleWithoutResult(WorkerExit exit, Exception? failure)
    {
        string? note;
        lock (_gate) note = _killNote ?? (_terminated && Signal == "SIGTERM" ? "Terminate was called" : null);
        if (failure is WorkerStartException) SetFailed(failure);
        else if (failure is null && _cancelled) SetCancelled();
        else if (_taken || note is not null) SetFailed(CrashCause.Describe(Item, Name, _process, exit, _announcedExit, note));
        else SetFailed(new WorkerStartException(
            $"The child process {Name} ({_process.Id}) ended before '{Item}' began: {(Signal is not null ? $"by {Signal}" : $"exit code {ExitCode}")}. Its standard error: {_process.ErrorTail}"));
    }

    private void OnGraceOver()
    {
        if (!IsSettled()) Kill($"it did not end within {_options.Grace} of its cancellation");
    }

    private void Print(string line, bool isError, int pid)
    {
        if (_options.OutputHandler is { } handler) handler(new WorkerOutput(Name, pid, isError, line));
        else Console.Error.WriteLine(line);
    }
}
