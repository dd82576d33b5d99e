using System.Buffers;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// An exception as a value travels as one that was thrown does: with its message, its stack trace and its inner exceptions, as
// its own type where that can be rebuilt. Declared as Exception, it is a RemoteException where it cannot.
internal sealed class ExceptionCodec<T> : PayloadCodec<T?>
    where T : Exception
{
    public override void Write(ArrayBufferWriter<byte> target, T? value, WorkSerializer serializer)
    {
        target.Write([value is null ? Null : Value]);
        if (value is null) return;
        if (FindObstacle(serializer) is { } obstacle) throw new WorkSerializationException(obstacle);
        var frame = new FrameWriter();
        ExceptionPayload.Write(frame, value);
        target.Write(frame.Unsent);
    }

    public override T? Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer)
    {
        if (bytes[0] == Null) return null;
        var body = new FrameBody(bytes[1..]);
        var read = ExceptionPayload.Read(ref body);
        return read as T ?? throw new WorkSerializationException(
            $"{(read as RemoteException)?.RemoteTypeName ?? read.GetType().FullName} cannot be made again from its message. Declare the value as {typeof(Exception)}, which arrives as a {typeof(RemoteException)}. The message: {read.Message}");
    }

    public override string? FindObstacle(WorkSerializer serializer) =>
        typeof(T).IsAssignableFrom(typeof(RemoteException)) || typeof(T).IsAbstract || ExceptionPayload.CanRebuild(typeof(T))
            ? null
            : $"A value of type {typeof(T)} cannot be made again from its message: it has no public constructor that takes one. Give it one, or declare the value as {typeof(Exception)}.";
}
