using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// How payloads stand in frames: a byte that says where they are, and the bytes or the block's place and length.
internal static class PayloadFrames
{
    private const byte Here = 0;
    private const byte InArena = 1;

    public static void WritePayload(this FrameWriter frame, Payload payload)
    {
        if (payload.IsInBlock)
        {
            WritePlace(frame, payload.Block);
            return;
        }
        frame.Write(Here);
        frame.WriteBlock(payload.Bytes);
    }

    // As the last part of a frame.
    public static void EndWith(this FrameWriter frame, Payload payload)
    {
        if (payload.Array is { } array)
        {
            EndWith(frame, default, array, array.Length);
            return;
        }
        if (payload.IsInBlock)
        {
            EndWith(frame, payload.Block, [], 0);
            return;
        }
        frame.Write(Here);
        frame.Write(payload.Bytes);
        frame.End();
    }

    public static void EndWith(this FrameWriter frame, ArenaBlock block, byte[] bytes, int length)
    {
        if (block.IsNone)
        {
            frame.Write(Here);
            frame.End(bytes, length);
            return;
        }
        WritePlace(frame, block);
        frame.End();
    }

    public static Payload ReadPayload(this ref FrameBody body, Arena? arena)
    {
        var block = body.ReadPlace(arena);
        return block.IsNone ? Payload.Of(body.ReadBlock()) : new(block);
    }

    // As the last part: a block, or none, and then the bytes are what is left of the body.
    public static ArenaBlock ReadPlace(this ref FrameBody body, Arena? arena)
    {
        if (body.ReadByte() == Here) return default;
        long offset = body.ReadInt64();
        long length = body.ReadInt64();
        if (!OperatingSystem.IsLinux() || arena is null || !arena.Has(offset, length))
            throw new InvalidDataException($"The other process speaks of a block of {length} bytes at {offset}, which cannot be.");
        return new ArenaBlock(arena, offset, length);
    }

    private static void WritePlace(FrameWriter frame, ArenaBlock block)
    {
        frame.Write(InArena);
        frame.Write(block.Offset);
        frame.Write(block.Length);
    }
}
