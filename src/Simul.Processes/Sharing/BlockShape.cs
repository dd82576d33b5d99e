using System.Runtime.CompilerServices;

namespace Simul.Processes.Sharing;

// What the opener of a shared object expects, and the maker writes down: kind, type of the elements, and a length (elements,
// permits, participants, bytes), from which the size follows. A length below zero: as the maker said.
internal readonly record struct BlockShape(SharedKind Kind, Type Element, int ElementSize, long Length, long FixedBytes, long BytesPerItem)
{
    public const long AnyLength = -1;

    public string ElementName => Element.ToString();

    public static BlockShape Of<T>(SharedKind kind, long length, long fixedBytes, long bytesPerItem) =>
        new(kind, typeof(T), RuntimeHelpers.IsReferenceOrContainsReferences<T>() ? 0 : Unsafe.SizeOf<T>(), length, fixedBytes, bytesPerItem);

    // Null where it is larger than memory can be.
    public long? SizeFor(long length)
    {
        long size = BlockHeader.Size + FixedBytes;
        if (length < 0 || BytesPerItem > 0 && length > (long.MaxValue / 2 - size) / BytesPerItem) return null;
        return size + length * BytesPerItem;
    }
}
