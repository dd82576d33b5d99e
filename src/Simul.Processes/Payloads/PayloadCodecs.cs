using System.Buffers;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// Which codec a type gets: raw memory for values and arrays without references (parent and worker run the same build, so the
// layout is the same), raw characters for strings, the serializer for the rest.
internal static partial class PayloadCodecs
{
    public static PayloadCodec<T> Create<T>()
    {
        var type = typeof(T);
        if (type == typeof(object)) return (PayloadCodec<T>)(object)new ObjectCodec();
        if (type == typeof(string)) return (PayloadCodec<T>)(object)new StringCodec();
        if (IsRaw(type)) return new RawCodec<T>();
        if (type.IsSZArray && IsRaw(type.GetElementType()!))
            return (PayloadCodec<T>)Activator.CreateInstance(typeof(RawArrayCodec<>).MakeGenericType(type.GetElementType()!))!;
        if (type.IsGenericType && type.GetGenericTypeDefinition() is var definition && (definition == typeof(ReadOnlyMemory<>) || definition == typeof(Memory<>)) && IsRaw(type.GetGenericArguments()[0]))
            return (PayloadCodec<T>)Activator.CreateInstance((definition == typeof(Memory<>) ? typeof(MemoryCodec<>) : typeof(ReadOnlyMemoryCodec<>)).MakeGenericType(type.GetGenericArguments()))!;
        if (CreateForCollection(type) is { } collection) return (PayloadCodec<T>)collection;
        if (typeof(Exception).IsAssignableFrom(type)) return (PayloadCodec<T>)Activator.CreateInstance(typeof(ExceptionCodec<>).MakeGenericType(type))!;
        if (IsOwn(type)) return new OwnCodec<T>();
        return Homebound.MendOf(type) is { } mend ? new RefusedCodec<T>(mend) : new SerializerCodec<T>();
    }

    // double[,] and the like.
    public static bool IsRawGrid(Type type) => type is { IsArray: true, IsSZArray: false } && IsRaw(type.GetElementType()!);

    private static PayloadCodec? CreateForCollection(Type type)
    {
        if (IsRawGrid(type)) return (PayloadCodec)Activator.CreateInstance(typeof(GridCodec<>).MakeGenericType(type))!;
        if (type.IsSZArray && type.GetElementType() is { IsSZArray: true } row && IsRawOrJagged(row))
            return (PayloadCodec)Activator.CreateInstance(typeof(JaggedCodec<>).MakeGenericType(row))!;
        if (!type.IsGenericType || !IsRaw(type.GetGenericArguments()[0])) return null;
        var definition = type.GetGenericTypeDefinition();
        if (definition == typeof(List<>)) return (PayloadCodec)Activator.CreateInstance(typeof(ListCodec<>).MakeGenericType(type.GetGenericArguments()))!;
        if (definition == typeof(ImmutableArray<>)) return (PayloadCodec)Activator.CreateInstance(typeof(ImmutableArrayCodec<>).MakeGenericType(type.GetGenericArguments()))!;
        return null;
    }

    private static bool IsRawOrJagged(Type array) => array.GetElementType()! is var element && (IsRaw(element) || (element.IsSZArray && IsRawOrJagged(element)));

    private static bool IsOwn(Type type) => typeof(SharedObject).IsAssignableFrom(type)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(IProgress<>) || type.GetGenericTypeDefinition() == typeof(Progress<>)));

    // A value that is its bytes.
    public static bool IsRaw(Type type)
    {
        if (type.IsPrimitive || type.IsEnum) return type != typeof(nint) && type != typeof(nuint);
        if (!type.IsValueType || type.IsByRefLike || type.IsPointer || Nullable.GetUnderlyingType(type) is not null) return false;
        if (type == typeof(decimal) || type == typeof(Guid) || type == typeof(DateTime) || type == typeof(TimeSpan) || type == typeof(Int128) || type == typeof(UInt128)) return true;
        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        // A struct of handles is a reference in disguise; a struct with nothing in it has nothing to copy.
        return fields.Length > 0 && fields.All(f => IsRaw(f.FieldType)) && type != typeof(CancellationToken);
    }

    private sealed class RawCodec<T> : PayloadCodec<T>
    {
        public override bool IsPlain => true;

        public override void Write(ArrayBufferWriter<byte> target, T value, WorkSerializer serializer)
        {
            int size = Unsafe.SizeOf<T>();
            Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(target.GetSpan(size)), value);
            target.Advance(size);
        }

        public override T Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer)
        {
            if (bytes.Length < Unsafe.SizeOf<T>()) throw new InvalidDataException($"{bytes.Length} bytes are too few for {typeof(T)}.");
            return Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetReference(bytes));
        }
    }

    private sealed class RawArrayCodec<TElement> : PayloadCodec<TElement[]?>
        where TElement : struct
    {
        public override bool IsPlain => true;

        public override void Write(ArrayBufferWriter<byte> target, TElement[]? value, WorkSerializer serializer)
        {
            target.Write([value is null ? Null : Value]);
            if (value is null) return;
            if ((long)value.Length * Unsafe.SizeOf<TElement>() > WorkPayload.Largest) throw WorkPayload.TooLarge(typeof(TElement[]));
            target.Write(MemoryMarshal.AsBytes(value.AsSpan()));
        }

        public override TElement[]? Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer)
        {
            if (bytes[0] == Null) return null;
            return Stretch.ToArray<TElement>(bytes[1..]);
        }

        public override TElement[] ReadBlock(ArenaBlock block, ItemLease? lease, WorkSerializer serializer) => Stretch.ToArray<TElement>(block);

        protected override long SizeInBlock(TElement[]? value) => (value?.LongLength ?? 0) * Unsafe.SizeOf<TElement>();

        protected override void WriteBlock(ArenaBlock block, TElement[]? value) => Stretch.Copy(ref MemoryMarshal.GetArrayDataReference(value!), block);
    }

    // An argument of this type is not copied a second time: the method sees the block it came in, and may not write.
    private sealed class ReadOnlyMemoryCodec<TElement> : PayloadCodec<ReadOnlyMemory<TElement>>
        where TElement : struct
    {
        public override bool IsPlain => true;

        public override void Write(ArrayBufferWriter<byte> target, ReadOnlyMemory<TElement> value, WorkSerializer serializer)
        {
            if ((long)value.Length * Unsafe.SizeOf<TElement>() > WorkPayload.Largest) throw WorkPayload.TooLarge(typeof(ReadOnlyMemory<TElement>));
            target.Write(MemoryMarshal.AsBytes(value.Span));
        }

        public override ReadOnlyMemory<TElement> Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer) => Stretch.ToArray<TElement>(bytes);

        public override ReadOnlyMemory<TElement> ReadBlock(ArenaBlock block, ItemLease? lease, WorkSerializer serializer) =>
            lease is null ? Stretch.ToArray<TElement>(block) : new BlockMemory<TElement>(block, lease).Memory;

        protected override long SizeInBlock(ReadOnlyMemory<TElement> value) => (long)value.Length * Unsafe.SizeOf<TElement>();

        protected override void WriteBlock(ArenaBlock block, ReadOnlyMemory<TElement> value) => Stretch.Copy(ref MemoryMarshal.GetReference(value.Span), block);
    }

    private sealed class MemoryCodec<TElement> : PayloadCodec<Memory<TElement>>
        where TElement : struct
    {
        public override bool IsPlain => true;

        private static readonly ReadOnlyMemoryCodec<TElement> s_codec = new();

        public override void Write(ArrayBufferWriter<byte> target, Memory<TElement> value, WorkSerializer serializer) => s_codec.Write(target, value, serializer);

        public override Memory<TElement> Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer) => Stretch.ToArray<TElement>(bytes);

        public override Memory<TElement> ReadBlock(ArenaBlock block, ItemLease? lease, WorkSerializer serializer) => Stretch.ToArray<TElement>(block);

        protected override long SizeInBlock(Memory<TElement> value) => (long)value.Length * Unsafe.SizeOf<TElement>();

        protected override void WriteBlock(ArenaBlock block, Memory<TElement> value) => Stretch.Copy(ref MemoryMarshal.GetReference(value.Span), block);
    }

    private sealed class StringCodec : PayloadCodec<string?>
    {
        public override bool IsPlain => true;

        public override void Write(ArrayBufferWriter<byte> target, string? value, WorkSerializer serializer)
        {
            target.Write([value is null ? Null : Value]);
            if (value is not null) target.Write(MemoryMarshal.AsBytes(value.AsSpan()));
        }

        public override string? Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer) =>
            bytes[0] == Null ? null : new string(MemoryMarshal.Cast<byte, char>(bytes[1..]));

        public override unsafe string ReadBlock(ArenaBlock block, ItemLease? lease, WorkSerializer serializer) => new((char*)block.Start, 0, checked((int)(block.Length / sizeof(char))));

        protected override long SizeInBlock(string? value) => (value?.Length ?? 0L) * sizeof(char);

        protected override void WriteBlock(ArenaBlock block, string? value) => Stretch.Copy(ref MemoryMarshal.GetReference(value.AsSpan()), block);
    }

    // Declared as object: the value's own type goes with it, so that a boxed 5 does not arrive as a JSON element.
    private sealed class ObjectCodec : PayloadCodec<object?>
    {
        public override void Write(ArrayBufferWriter<byte> target, object? value, WorkSerializer serializer)
        {
            target.Write([value is null ? Null : Value]);
            if (value is null) return;
            if (value.GetType() == typeof(object)) throw new WorkSerializationException("A bare System.Object has no content to send to another process. Use a value with a type of its own.");
            byte[] name = Encoding.UTF8.GetBytes(value.GetType().AssemblyQualifiedName!);
            target.Write(BitConverter.GetBytes(name.Length));
            target.Write(name);
            For(value.GetType()).WriteBoxed(target, value, serializer);
        }

        public override object? Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer)
        {
            if (bytes[0] == Null) return null;
            int length = BitConverter.ToInt32(bytes[1..]);
            var type = Type.GetType(Encoding.UTF8.GetString(bytes.Slice(5, length)), throwOnError: true)!;
            return For(type).ReadBoxed(bytes[(5 + length)..], serializer);
        }
    }

    private sealed class SerializerCodec<T> : PayloadCodec<T>
    {
        public override void Write(ArrayBufferWriter<byte> target, T value, WorkSerializer serializer) => serializer.Write(target, value);

        public override T Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer) => serializer.Read<T>(bytes);

        public override string? FindObstacle(WorkSerializer serializer) => serializer.FindObstacle(typeof(T));
    }

    // What the library itself must understand, whatever the serializer.
    private sealed class OwnCodec<T> : PayloadCodec<T>
    {
        public override void Write(ArrayBufferWriter<byte> target, T value, WorkSerializer serializer) => JsonWorkSerializer.Default.Write(target, value);

        public override T Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer) => JsonWorkSerializer.Default.Read<T>(bytes);

        public override string? FindObstacle(WorkSerializer serializer) => JsonWorkSerializer.Default.FindObstacle(typeof(T));
    }

    private sealed class RefusedCodec<T>(string mend) : PayloadCodec<T>
    {
        public override void Write(ArrayBufferWriter<byte> target, T value, WorkSerializer serializer) => throw new WorkSerializationException(Text);

        public override T Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer) => throw new WorkSerializationException(Text);

        public override string? FindObstacle(WorkSerializer serializer) => Text;

        private string Text => Homebound.Refuse($"A value of type {typeof(T)}", mend);
    }
}
