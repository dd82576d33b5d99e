using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Worker;

// What the worker says. Each message is with the kernel when the method returns, so it outlives a crash of this process.
//
// Thread safety: all members may be used from any thread.
internal sealed class WorkerSender(Channel channel)
{
    private readonly Lock _gate = new();
    private readonly FrameWriter _writer = new(); // owner: _gate

    public void Send(MessageKind kind)
    {
        lock (_gate)
        {
            _writer.Begin(kind);
            _writer.End();
            SendLocked();
        }
    }

    public void Send(MessageKind kind, long id)
    {
        lock (_gate)
        {
            WriteLocked(kind, id);
            SendLocked();
        }
    }

    public void SendOtherBuild()
    {
        lock (_gate)
        {
            _writer.Begin(MessageKind.OtherBuild);
            BuildIdentity.Own.Write(_writer);
            _writer.End();
            SendLocked();
        }
    }

    public void SendExiting(int code)
    {
        lock (_gate)
        {
            _writer.Begin(MessageKind.Exiting);
            _writer.Write(code);
            _writer.End();
            SendLocked();
        }
    }

    public void SendInitializerFailed(Exception error)
    {
        lock (_gate)
        {
            _writer.Begin(MessageKind.InitializerFailed);
            ExceptionPayload.Write(_writer, error);
            _writer.End();
            SendLocked();
        }
    }

    public void SendReport(long id, int number, ReadOnlySpan<byte> value)
    {
        lock (_gate)
        {
            _writer.Begin(MessageKind.Report);
            _writer.Write(id);
            _writer.Write(number);
            _writer.Write(value);
            _writer.End();
            SendLocked();
        }
    }

    public void SendMessage(string topic, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            _writer.Begin(MessageKind.Message);
            _writer.Write(topic);
            _writer.Write(body);
            _writer.End();
            SendLocked();
        }
    }

    public void SendSleep(long id, int number, long until, bool again)
    {
        lock (_gate)
        {
            _writer.Begin(MessageKind.Sleep);
            _writer.Write(id);
            _writer.Write(number);
            _writer.Write(until);
            _writer.Write((byte)(again ? 1 : 0));
            _writer.End();
            SendLocked();
        }
    }

    public void SendSleepEnd(long id, int number)
    {
        lock (_gate)
        {
            _writer.Begin(MessageKind.SleepEnd);
            _writer.Write(id);
            _writer.Write(number);
            _writer.End();
            SendLocked();
        }
    }

    // The end of an item and, in the same call to the kernel, the beginning of the next. One call an item is the least that
    // keeps both promises: a result is not lost with the item behind it, and what began is known to have begun.
    public void SendEnd(long id, long ticks, ResultBuffer? result, Exception? error, WorkerItem? next)
    {
        lock (_gate)
        {
            if (error is null)
            {
                WriteHeadLocked(MessageKind.Done, id, ticks);
                result!.EndFrame(_writer);
            }
            else
            {
                WriteHeadLocked(MessageKind.Failed, id, ticks);
                ExceptionPayload.Write(_writer, error);
                _writer.End();
            }
            if (next is not null) WriteLocked(MessageKind.Taken, next.Id);
            SendLocked();
        }
    }

    private void WriteHeadLocked(MessageKind kind, long id, long ticks)
    {
        _writer.Begin(kind);
        _writer.Write(id);
        _writer.Write(ticks);
    }

    private void WriteLocked(MessageKind kind, long id)
    {
        _writer.Begin(kind);
        _writer.Write(id);
        _writer.End();
    }

    private void SendLocked()
    {
        try
        {
            _writer.SendTo(channel);
        }
        catch (IOException)
        {
            // The parent has gone, or has given this worker up. Nobody is left to work for.
            ParentWatch.ExitNow();
        }
    }
}
