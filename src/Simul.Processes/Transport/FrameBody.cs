using System.Buffers.Binary;
using System.Text;

namespace Simul.Processes.Transport;

// Reads a frame's body from front to back.
internal ref struct FrameBody(ReadOnlySpan<byte> body)
{
    public ReadOnlySpan<byte> Rest { get; private set; } = body;

    public byte ReadByte()
    {
        byte value = Rest[0];
        Rest = Rest[1..];
        return value;
    }

    public int ReadInt32()
    {
        int value = BinaryPrimitives.ReadInt32LittleEndian(Rest);
        Rest = Rest[4..];
        return value;
    }

    public long ReadInt64()
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(Rest);
        Rest = Rest[8..];
        return value;
    }

    public string? ReadString()
    {
        int length = ReadInt32();
        if (length < 0) return null;
        string value = Encoding.UTF8.GetString(Rest[..length]);
        Rest = Rest[length..];
        return value;
    }

    public ReadOnlySpan<byte> ReadBlock()
    {
        int length = ReadInt32();
        var block = Rest[..length];
        Rest = Rest[length..];
        return block;
    }
}
