using System.Runtime.Versioning;
using Simul.Processes.Launch;
using Simul.Processes.Methods;
using Simul.Processes.Payloads;
using Simul.Processes.Pool;
using Simul.Processes.Transport;

namespace Simul.Processes.Worker;

// The life of a worker process. Threads: the main thread runs the synchronous items, one after the other; one thread runs the
// asynchronous items (made when the first comes); one watches the parent.
//
// Who receives: where a channel calls for a receiver when it is urgent, the main thread does while it has nothing to run, so
// that an item comes and its result goes without a change of threads, and the second one stands in when it is called while the
// main thread is busy. Elsewhere the second one receives and never waits for anything else.
//
// Order at the end: Stop -> the queue is closed -> the main thread returns -> the runtime waits for the method's own foreground
// threads -> the process ends.
internal sealed class WorkerSession
{
    private const long InitializerId = 0; // items count from 1

    private readonly Channel _channel;
    private readonly Arena? _arguments;                              // the parent's
    private readonly WorkerSender _sender;
    private readonly ItemQueue _queue = new();
    private readonly FrameReader _reader;                            // owner: _receiving
    private readonly object _receiving = new();                      // who holds it receives
    private readonly Dictionary<int, MethodResolver> _methods = [];  // owner: _receiving
    private readonly ExecutionContext? _clean = ExecutionContext.Capture();
    private readonly ArenaAllocator? _results;                       // for large ones
    private readonly ResultBuffer _result;                           // owner: the main thread
    private AsyncLane? _lane;                                        // owner: the main thread; read by the receiving one
    private WorkerClock _clock = WorkerClock.Real;                   // set before the first item
    private WorkSerializer _serializer = JsonWorkSerializer.Default; // the same
    private BatchMemory? _batchMemory;                               // set before the first batch
    private Exception? _batchMemoryError;                            // why it is not set
    private object? _state;                                          // owner: the main thread; set before the first item
    private string _name = "";
    private int _exitCode;                                           // owner: _receiving; read by the main thread after _stopped
    private volatile bool _stopped;

    public WorkerSession(Channel channel, Arena? arguments)
    {
        _channel = channel;
        _arguments = arguments;
        if (OperatingSystem.IsLinux() && channel.Results is { } arena) _results = new ArenaAllocator(arena);
        _result = new ResultBuffer(_results);
        _sender = new WorkerSender(channel);
        _reader = new FrameReader(channel);
    }

    public int Run()
    {
        Tracers.Watch();
        // Environment.Exit in a method: the parent can then tell it from an end by a signal.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (!_stopped) _sender.SendExiting(Environment.ExitCode);
        };
        new Thread(Receive, 256 * 1024) { IsBackground = true, Name = "simul receive" }.UnsafeStart();
        for (var item = TakeFirst(); item is not null; item = RunOne(item) ?? TakeFirst())
        {
            // Each turn runs one item; the next may have come with its end.
        }
        _stopped = true;
        WorkerInitializer.DisposeState(_state, _name);
        return _exitCode;
    }

    private WorkerItem? TakeFirst()
    {
        var item = _channel.CallsForReceiver ? TakeOrReceive() : _queue.Take();
        if (item is not null && item.Id != InitializerId) _sender.Send(MessageKind.Taken, item.Id);
        return item;
    }

    // Returns the next item if there is one; it has been announced as taken.
    private WorkerItem? RunOne(WorkerItem item)
    {
        if (item.Id == InitializerId)
        {
            Initialize(item);
            return null;
        }
        if (item.Method.IsAsynchronous)
        {
            (_lane ??= new AsyncLane(_name, _clock.LoopClock)).Start(item, () => RunAsynchronousAsync(item));
            return null;
        }
        Exception? failure = null;
        IDisposable? span = null;
        long started = TimeProvider.System.GetTimestamp();
        try
        {
            WorkContext.Current = _clock.ContextFor(item, _name, _state, _sender);
            span = item.BeginSpan(_name);
            if (item.Count > 0) failure = RunBatch(item);
            else item.Method.Resolve().Run(item.Input, item.Token, _result);
        }
        catch (Exception error)
        {
            failure = error;
        }
        if (span is not null) WorkerItem.EndSpan(span, failure);
        item.Input.End();
        long ticks = TimeProvider.System.GetElapsedTime(started).Ticks;
        // What the method left in asynchronous locals, or as its synchronization context, is not for the next one.
        if (_clean is not null) ExecutionContext.Restore(_clean);
        SynchronizationContext.SetSynchronizationContext(null);
        var next = _queue.Finish(item.Id, takeNext: true);
        _sender.SendEnd(item.Id, ticks, _result, failure, next);
        _result.Clear();
        return next;
    }

    // Where the parent's descriptors are closed to us, the batches fail and say so; all else goes on.
    [SupportedOSPlatform("linux")]
    private void OpenBatchMemory(int descriptor)
    {
        try
        {
            _batchMemory = BatchMemory.Open(Interop.Linux.Libc.GetParentId(), descriptor);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _batchMemoryError = error;
        }
    }

    private Exception? RunBatch(WorkerItem item)
    {
        var memory = _batchMemory ?? throw new IOException("The memory for batches could not be opened. Map with MapOptions.ChunkSize = 1.", _batchMemoryError);
        return OperatingSystem.IsLinux() ? item.Method.Resolve().RunBatch(item.Input, item.Count, memory, item.Place, item.Token) : null;
    }

    // On the main thread, before the first item, so that the state may belong to the thread of the synchronous ones.
    private void Initialize(WorkerItem item)
    {
        try
        {
            WorkContext.Current = new WorkContext(Pool.WorkerPool.EngineName, _name, _clock.LoopClock, CancellationToken.None) { Item = item };
            var invoker = item.Method.Resolve();
            _state = item.Method.IsAsynchronous
                ? EventLoop.Run(() => invoker.RunForStateAsync(item.Input), new EventLoopOptions { Name = _name, Clock = _clock.LoopClock })
                : invoker.RunForStateAsync(item.Input).GetAwaiter().GetResult(); // ended already; its own exception, not an aggregate
        }
        catch (Exception error)
        {
            _queue.Finish(item.Id, takeNext: false);
            _sender.SendInitializerFailed(error);
            return;
        }
        if (_clean is not null) ExecutionContext.Restore(_clean);
        SynchronizationContext.SetSynchronizationContext(null);
        _queue.Finish(item.Id, takeNext: false);
        _sender.Send(MessageKind.Ready);
    }

    private async Task RunAsynchronousAsync(WorkerItem item)
    {
        long started = TimeProvider.System.GetTimestamp();
        Exception? failure = null;
        IDisposable? span = null;
        var result = new ResultBuffer(_results);
        try
        {
            WorkContext.Current = _clock.ContextFor(item, _name, _state, _sender);
            span = item.BeginSpan(_name);
            var write = await item.Method.Resolve().RunAsync(item.Input, item.Token);
            write(result);
        }
        catch (Exception error)
        {
            failure = error;
        }
        if (span is not null) WorkerItem.EndSpan(span, failure);
        item.Input.End();
        _queue.Finish(item.Id, takeNext: false);
        _sender.SendEnd(item.Id, TimeProvider.System.GetElapsedTime(started).Ticks, result, failure, null);
    }

    // Null when the queue is closed and empty.
    private WorkerItem? TakeOrReceive()
    {
        while (true)
        {
            if (_queue.TryTake(out var item)) return item;
            lock (_receiving)
            {
                // While it waited to receive, the other thread may have.
                if (_queue.TryTake(out item)) return item;
                ReceiveSome();
            }
        }
    }

    private void Receive()
    {
        if (!_channel.CallsForReceiver)
        {
            lock (_receiving)
            {
                while (ReceiveSome()) { }
            }
            return;
        }
        while (_channel.WaitForCall())
        {
            lock (_receiving)
            {
                while (_channel.HasMore && ReceiveSome()) { }
            }
        }
    }

    // False at the end of the channel.
    private bool ReceiveSome()
    {
        bool more = _reader.Fill();
        // The parent closed the channel without a word: it has gone.
        if (!more && !_stopped) ParentWatch.ExitNow();
        while (_reader.TryRead(out var kind, out var body)) OnMessage(kind, new FrameBody(body));
        return more;
    }

    private void OnMessage(MessageKind kind, FrameBody body)
    {
        switch (kind)
        {
            case MessageKind.Hello:
                if (!BuildIdentity.Read(ref body).IsOwn)
                {
                    // Nothing else of what it says can be relied upon.
                    _sender.SendOtherBuild();
                    _stopped = true;
                    _queue.Close();
                    break;
                }
                _name = body.ReadString()!;
                _clock = WorkerClock.Read(ref body);
                _serializer = SerializerReference.Read(ref body);
                byte wishes = body.ReadByte();
                if ((wishes & Greeting.HearsMessages) != 0) WorkerMessage.Home = _sender;
                if ((wishes & Greeting.HasInitializer) == 0) _sender.Send(MessageKind.Ready);
                break;
            case MessageKind.BatchMemory:
                if (OperatingSystem.IsLinux()) OpenBatchMemory(body.ReadInt32());
                break;
            case MessageKind.Initialize:
                _queue.Add(new WorkerItem(InitializerId, _methods[-1], default, _sender, new ItemInput(body.ReadPayload(_arguments), Payload.None, _serializer)));
                break;
            case MessageKind.Define:
                int number = body.ReadInt32();
                _methods.Add(number, MethodResolver.Read(ref body));
                break;
            case MessageKind.Run:
                long id = body.ReadInt64();
                var method = _methods[body.ReadInt32()];
                _clock.Advance(body.ReadInt64());
                var extras = RunExtras.Read(ref body);
                var closure = body.ReadPayload(_arguments);
                var block = body.ReadPlace(_arguments);
                _queue.Add(new WorkerItem(id, method, extras, _sender, new ItemInput(closure, block.IsNone ? Payload.Of(body.Rest) : new(block), _serializer)));
                break;
            case MessageKind.Cancel:
                OnCancel(body.ReadInt64());
                break;
            case MessageKind.Recall:
                foreach (var item in _queue.RemoveAll()) _sender.Send(MessageKind.Dropped, item.Id);
                break;
            case MessageKind.Awake:
                long sleeper = body.ReadInt64();
                int sleep = body.ReadInt32();
                _clock.Advance(body.ReadInt64());
                _queue.FindRunning(sleeper)?.Clock?.Awake(sleep);
                break;
            case MessageKind.Ping:
                if (_lane is { } lane) lane.Post(() => _sender.Send(MessageKind.Pong));
                else _sender.Send(MessageKind.Pong);
                break;
            case MessageKind.Trim:
                if (OperatingSystem.IsLinux()) _results?.Trim();
                break;
            case MessageKind.Stop:
                if (!body.Rest.IsEmpty) _exitCode = body.ReadInt32();
                _stopped = true;
                _queue.Close();
                break;
        }
    }

    private void OnCancel(long id)
    {
        if (_queue.TryRemove(id))
        {
            _sender.Send(MessageKind.Dropped, id);
            return;
        }
        var item = _queue.FindRunning(id);
        item?.Cancel(() => item.Clock?.SleepOn());
    }
}
