using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// A value's bytes on their way to another process: in an array of their own or, if they are many, in an arena.
internal readonly struct Payload(byte[] bytes, ArenaBlock block)
{
    public static Payload None { get; } = new([], default);

    public byte[] Bytes => bytes;

    public ArenaBlock Block => block;

    public bool IsNone => block.IsNone && bytes.Length == 0;

    // Nobody will read it any more.
    public void Release(ArenaAllocator? arena)
    {
        if (OperatingSystem.IsLinux()) arena?.Release(block);
    }

    // Moves what is large into an arena, if there is one with room.
    public static unsafe Payload Of(byte[] bytes, ArenaAllocator? arena)
    {
        if (arena is null || !OperatingSystem.IsLinux() || bytes.Length < ArenaAllocator.Large || !arena.TryAllocate(bytes.Length, out var block)) return new(bytes, default);
        bytes.CopyTo(new Span<byte>(block.Start, bytes.Length));
        return new([], block);
    }
}
