using System.Buffers;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// Puts values into byte arrays for a frame, or into an arena, with errors that name what could not travel.
internal static class WorkPayload
{
    // A frame's length is an int; its other parts need a little room.
    public const int Largest = int.MaxValue - 64 * 1024;

    private const int KeepCapacity = 64 * 1024;

    [ThreadStatic] private static ArrayBufferWriter<byte>? t_buffer;

    public static WorkSerializationException TooLarge(Type type) =>
        new($"A value of type {type} is larger than 2 GB, the most one item can carry between processes. Split it, or pass a file's name.");

    public static Payload Serialize(Type type, object? value, ArenaAllocator? arena, WorkSerializer serializer, string what) =>
        Serialize(CodecFor(type, what), type, value, arena, serializer, what);

    public static Payload Serialize(PayloadCodec codec, Type type, object? value, ArenaAllocator? arena, WorkSerializer serializer, string what)
    {
        // Taken out while in use: a converter of the user's may submit work itself.
        var buffer = t_buffer ?? new ArrayBufferWriter<byte>(256);
        t_buffer = null;
        try
        {
            var block = codec.PackBoxed(buffer, value, arena, serializer);
            return block.IsNone ? Payload.Of(buffer.WrittenSpan) : new Payload(block);
        }
        catch (WorkSerializationException refused)
        {
            throw new WorkSerializationException($"{what} cannot be sent to a worker process. {refused.Message}", refused);
        }
        catch (Exception error)
        {
            throw new WorkSerializationException($"{what}, of type {type}, cannot be sent to a worker process: {error.Message} Pass values that {serializer} can write and read: numbers, strings, arrays, records with public properties.", error);
        }
        finally
        {
            if (buffer.Capacity <= KeepCapacity)
            {
                buffer.ResetWrittenCount();
                t_buffer = buffer;
            }
        }
    }

    public static T Deserialize<T>(ReadOnlySpan<byte> bytes, WorkSerializer serializer, string what)
    {
        try
        {
            return PayloadCodec<T>.Instance.Read(bytes, serializer);
        }
        catch (Exception error)
        {
            throw Unreadable(typeof(T), what, serializer, error);
        }
    }

    public static T Deserialize<T>(ArenaBlock block, ItemLease? lease, WorkSerializer serializer, string what)
    {
        try
        {
            return PayloadCodec<T>.Instance.ReadBlock(block, lease, serializer);
        }
        catch (Exception error)
        {
            throw Unreadable(typeof(T), what, serializer, error);
        }
    }

    public static object? Deserialize(Type type, ReadOnlySpan<byte> bytes, WorkSerializer serializer, string what)
    {
        try
        {
            return PayloadCodec.For(type).ReadBoxed(bytes, serializer);
        }
        catch (Exception error)
        {
            throw Unreadable(type, what, serializer, error);
        }
    }

    private static PayloadCodec CodecFor(Type type, string what)
    {
        try
        {
            return PayloadCodec.For(type);
        }
        catch (WorkSerializationException refused)
        {
            throw new WorkSerializationException($"{what} cannot be sent to a worker process. {refused.Message}", refused);
        }
    }

    private static WorkSerializationException Unreadable(Type type, string what, WorkSerializer serializer, Exception error) => error is SharedObjectException or WorkSerializationException
        ? new($"{what} arrived but could not be rebuilt. {error.Message}", error)
        : new($"{what}, of type {type}, arrived but could not be rebuilt by {serializer}: {error.Message} The type needs a constructor and properties that it can use.", error);
}
