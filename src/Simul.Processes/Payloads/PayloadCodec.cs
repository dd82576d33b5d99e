using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// Turns values of one declared type into bytes and back. Both sides pick the codec by the declared type, which both know from
// the method, so the bytes carry no type names (except for values declared as object).
//
// Thread safety: codecs have no state.
internal abstract class PayloadCodec
{
    protected const byte Null = 0;
    protected const byte Value = 1;

    private static readonly ConcurrentDictionary<Type, PayloadCodec> s_byType = new();

    public static PayloadCodec For(Type type) => s_byType.GetOrAdd(type, static t =>
    {
        try
        {
            return (PayloadCodec)typeof(PayloadCodec<>).MakeGenericType(t)
                .GetField(nameof(PayloadCodec<>.Instance), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        }
        catch (Exception error) when (error is ArgumentException or TypeLoadException)
        {
            throw new WorkSerializationException($"Values of type {t} cannot travel between processes: the type cannot be put in a box.", error);
        }
    });

    // Whether a value is nothing but its bytes: no shared object, no receiver of progress can be in it.
    public virtual bool IsPlain => false;

    // Into the arena, if there is one and the value is large; else into the buffer, and the block returned is none.
    public abstract ArenaBlock PackBoxed(ArrayBufferWriter<byte> buffer, object? value, ArenaAllocator? arena, WorkSerializer serializer);

    public abstract void WriteBoxed(ArrayBufferWriter<byte> target, object? value, WorkSerializer serializer);

    public abstract object? ReadBoxed(ReadOnlySpan<byte> bytes, WorkSerializer serializer);

    // What is in the way of every value of the type, as far as that can be told from the type; null if nothing is.
    public virtual string? FindObstacle(WorkSerializer serializer) => null;
}

internal abstract class PayloadCodec<T> : PayloadCodec
{
    public static readonly PayloadCodec<T> Instance = PayloadCodecs.Create<T>();

    // The serializer is for what is not raw memory.
    public abstract void Write(ArrayBufferWriter<byte> target, T value, WorkSerializer serializer);

    public abstract T Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer);

    // A lease, where there is one, says how long what was read may go on lying in the block.
    public virtual unsafe T ReadBlock(ArenaBlock block, ItemLease? lease, WorkSerializer serializer) =>
        Read(new ReadOnlySpan<byte>(block.Start, checked((int)block.Length)), serializer);

    public ArenaBlock Pack(ArrayBufferWriter<byte> buffer, T value, ArenaAllocator? arena, WorkSerializer serializer)
    {
        if (arena is null || !OperatingSystem.IsLinux())
        {
            Write(buffer, value, serializer);
            return default;
        }
        if (SizeInBlock(value) is var size and >= ArenaAllocator.Large && arena.TryAllocate(size, out var block))
        {
            WriteBlock(block, value);
            return block;
        }
        Write(buffer, value, serializer);
        if (buffer.WrittenCount < ArenaAllocator.Large || !arena.TryAllocate(buffer.WrittenCount, out block)) return default;
        unsafe
        {
            buffer.WrittenSpan.CopyTo(new Span<byte>(block.Start, buffer.WrittenCount));
        }
        return block;
    }

    // How long a value is that is one stretch of memory and nothing else, which goes into a block without a detour; -1 of all others.
    protected virtual long SizeInBlock(T value) => -1;

    protected virtual void WriteBlock(ArenaBlock block, T value) => throw new NotSupportedException();

    public override ArenaBlock PackBoxed(ArrayBufferWriter<byte> buffer, object? value, ArenaAllocator? arena, WorkSerializer serializer) => Pack(buffer, (T)value!, arena, serializer);

    public override void WriteBoxed(ArrayBufferWriter<byte> target, object? value, WorkSerializer serializer) => Write(target, (T)value!, serializer);

    public override object? ReadBoxed(ReadOnlySpan<byte> bytes, WorkSerializer serializer) => Read(bytes, serializer);
}
