using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// Collections of values without references that are not one-dimensional arrays; as raw memory all the same.
internal static partial class PayloadCodecs
{
    private sealed class ListCodec<TElement> : PayloadCodec<List<TElement>?>
        where TElement : struct
    {
        public override void Write(ArrayBufferWriter<byte> target, List<TElement>? value, WorkSerializer serializer)
        {
            target.Write([value is null ? Null : Value]);
            if ((value?.Count ?? 0L) * Unsafe.SizeOf<TElement>() > WorkPayload.Largest) throw WorkPayload.TooLarge(typeof(List<TElement>));
            target.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(value)));
        }

        public override List<TElement>? Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer) => bytes[0] == Null ? null : ToList(bytes[1..]);

        public override unsafe List<TElement> ReadBlock(ArenaBlock block, ItemLease? lease, WorkSerializer serializer) =>
            ToList(new ReadOnlySpan<byte>(block.Start, checked((int)block.Length)));

        protected override long SizeInBlock(List<TElement>? value) => (value?.Count ?? 0L) * Unsafe.SizeOf<TElement>() is var size and <= WorkPayload.Largest ? size : -1;

        protected override void WriteBlock(ArenaBlock block, List<TElement>? value) => Stretch.Copy(ref MemoryMarshal.GetReference(CollectionsMarshal.AsSpan(value)), block);

        private static List<TElement> ToList(ReadOnlySpan<byte> bytes)
        {
            int count = bytes.Length / Unsafe.SizeOf<TElement>();
            var list = new List<TElement>(count);
            CollectionsMarshal.SetCount(list, count);
            bytes.CopyTo(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(list)));
            return list;
        }
    }

    // One that is default arrives as default.
    private sealed class ImmutableArrayCodec<TElement> : PayloadCodec<ImmutableArray<TElement>>
        where TElement : struct
    {
        private static readonly RawArrayCodec<TElement> s_codec = new();

        public override void Write(ArrayBufferWriter<byte> target, ImmutableArray<TElement> value, WorkSerializer serializer) => s_codec.Write(target, ImmutableCollectionsMarshal.AsArray(value), serializer);

        public override ImmutableArray<TElement> Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer) => ImmutableCollectionsMarshal.AsImmutableArray(s_codec.Read(bytes, serializer));

        public override ImmutableArray<TElement> ReadBlock(ArenaBlock block, ItemLease? lease, WorkSerializer serializer) => ImmutableCollectionsMarshal.AsImmutableArray(Stretch.ToArray<TElement>(block));

        protected override long SizeInBlock(ImmutableArray<TElement> value) => value.IsDefault ? 0 : (long)value.Length * Unsafe.SizeOf<TElement>();

        protected override void WriteBlock(ArenaBlock block, ImmutableArray<TElement> value) => Stretch.Copy(ref MemoryMarshal.GetReference(value.AsSpan()), block);
    }

    // Of several dimensions: where each begins and how long it is, and the elements. The number of dimensions is the type's.
    private sealed class GridCodec<TArray> : PayloadCodec<TArray?>
        where TArray : class
    {
        private static readonly Type s_element = typeof(TArray).GetElementType()!;
        private static readonly int s_rank = typeof(TArray).GetArrayRank();
        private static readonly int s_size = RuntimeHelpers.SizeOf(s_element.TypeHandle);

        public override void Write(ArrayBufferWriter<byte> target, TArray? value, WorkSerializer serializer)
        {
            target.Write([value is null ? Null : Value]);
            if (value is not Array array) return;
            if (array.LongLength * s_size > WorkPayload.Largest) throw WorkPayload.TooLarge(typeof(TArray));
            for (int i = 0; i < s_rank; i++)
            {
                target.Write(BitConverter.GetBytes(array.GetLowerBound(i)));
                target.Write(BitConverter.GetBytes(array.GetLength(i)));
            }
            target.Write(BytesOf(array));
        }

        public override TArray? Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer)
        {
            if (bytes[0] == Null) return null;
            bytes = bytes[1..];
            int[] starts = new int[s_rank], lengths = new int[s_rank];
            for (int i = 0; i < s_rank; i++, bytes = bytes[8..]) (starts[i], lengths[i]) = (BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]));
            var array = Array.CreateInstance(s_element, lengths, starts);
            bytes.CopyTo(BytesOf(array));
            return (TArray)(object)array;
        }

        private static Span<byte> BytesOf(Array array) => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), checked((int)(array.LongLength * s_size)));
    }

    // Arrays of arrays: each with its length in front.
    private sealed class JaggedCodec<TRow> : PayloadCodec<TRow[]?>
    {
        public override void Write(ArrayBufferWriter<byte> target, TRow[]? value, WorkSerializer serializer)
        {
            target.Write([value is null ? Null : Value]);
            if (value is null) return;
            target.Write(BitConverter.GetBytes(value.Length));
            var row = new ArrayBufferWriter<byte>(256);
            foreach (var each in value)
            {
                row.ResetWrittenCount();
                PayloadCodec<TRow>.Instance.Write(row, each, serializer);
                if ((long)target.WrittenCount + row.WrittenCount > WorkPayload.Largest) throw WorkPayload.TooLarge(typeof(TRow[]));
                target.Write(BitConverter.GetBytes(row.WrittenCount));
                target.Write(row.WrittenSpan);
            }
        }

        public override TRow[]? Read(ReadOnlySpan<byte> bytes, WorkSerializer serializer)
        {
            if (bytes[0] == Null) return null;
            var rows = new TRow[BinaryPrimitives.ReadInt32LittleEndian(bytes[1..])];
            bytes = bytes[5..];
            for (int i = 0; i < rows.Length; i++)
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
                rows[i] = PayloadCodec<TRow>.Instance.Read(bytes.Slice(4, length), serializer);
                bytes = bytes[(4 + length)..];
            }
            return rows;
        }
    }
}
