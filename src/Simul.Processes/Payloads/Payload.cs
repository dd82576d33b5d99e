using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// A value's bytes on their way to another process: a number or two right here, because there may be a million under way and
// each array is one more object to look after; else in an array of their own or, if they are many, in an arena.
internal readonly struct Payload
{
    private readonly object? _place; // a byte[], or a boxed ArenaBlock; null: right here
    private readonly ulong _word;
    private readonly int _length;    // of what is right here

    public Payload(byte[] bytes) => _place = bytes;

    public Payload(ArenaBlock block) => _place = block;

    private Payload(ulong word, int length) => (_word, _length) = (word, length);

    public static Payload None => default;

    public ArenaBlock Block => _place is ArenaBlock block ? block : default;

    public bool IsInBlock => _place is ArenaBlock;

    public bool IsNone => _place is null ? _length == 0 : _place is byte[] { Length: 0 };

    // Empty where they are in a block.
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => _place switch
    {
        null => MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in _word))[.._length],
        byte[] bytes => bytes,
        _ => [],
    };

    // The bytes in an array that will not change, if they are in one already.
    public byte[]? Array => _place as byte[];

    public byte[] ToArray() => Array ?? Bytes.ToArray();

    // A copy.
    public static Payload Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > sizeof(ulong)) return new(bytes.ToArray());
        ulong word = 0;
        bytes.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref word)));
        return new(word, bytes.Length);
    }

    // Moves what is large into an arena, if there is one with room.
    public static unsafe Payload Of(byte[] bytes, ArenaAllocator? arena)
    {
        if (arena is null || !OperatingSystem.IsLinux() || bytes.Length < ArenaAllocator.Large || !arena.TryAllocate(bytes.Length, out var block)) return new(bytes);
        bytes.CopyTo(new Span<byte>(block.Start, bytes.Length));
        return new(block);
    }

    // Nobody will read it any more.
    public void Release(ArenaAllocator? arena)
    {
        if (OperatingSystem.IsLinux() && _place is ArenaBlock block) arena?.Release(block);
    }
}
