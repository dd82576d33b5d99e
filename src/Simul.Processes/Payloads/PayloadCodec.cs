using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;

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

    public abstract void WriteBoxed(ArrayBufferWriter<byte> target, object? value);

    public abstract object? ReadBoxed(ReadOnlySpan<byte> bytes);
}

internal abstract class PayloadCodec<T> : PayloadCodec
{
    public static readonly PayloadCodec<T> Instance = PayloadCodecs.Create<T>();

    public abstract void Write(ArrayBufferWriter<byte> target, T value);

    public abstract T Read(ReadOnlySpan<byte> bytes);

    public override void WriteBoxed(ArrayBufferWriter<byte> target, object? value) => Write(target, (T)value!);

    public override object? ReadBoxed(ReadOnlySpan<byte> bytes) => Read(bytes);
}
