using System.Buffers.Binary;

namespace Simul.Processes.Transport;

// Cuts the received bytes into frames: length of the rest (4 bytes), kind (1), body. Used by one thread.
internal sealed class FrameReader(Channel channel)
{
    private const int NormalSize = 64 * 1024;
    private byte[] _buffer = new byte[NormalSize];
    private int _start;
    private int _end;

    // Blocks for more bytes. False at the end of the channel; half a frame from a process that died is dropped.
    public bool Fill()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            // A large frame has passed; do not keep its room for ever.
            if (_buffer.Length > 16 * NormalSize) _buffer = new byte[NormalSize];
        }
        int needed = _end - _start >= 4 ? 4 + BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start)) : 4;
        if (_buffer.Length - _start < needed || _end == _buffer.Length)
        {
            byte[] target = needed > _buffer.Length ? new byte[needed] : _buffer;
            Buffer.BlockCopy(_buffer, _start, target, 0, _end - _start);
            _buffer = target;
            _end -= _start;
            _start = 0;
        }
        int count = channel.Receive(_buffer.AsSpan(_end));
        _end += count;
        return count > 0;
    }

    // The body lies in the reader's buffer and is gone at the next Fill.
    public bool TryRead(out MessageKind kind, out ReadOnlySpan<byte> body)
    {
        bool read = TryReadMemory(out kind, out var memory);
        body = memory.Span;
        return read;
    }

    public bool TryReadMemory(out MessageKind kind, out ReadOnlyMemory<byte> body)
    {
        kind = default;
        body = default;
        if (_end - _start < 5) return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        if (_end - _start - 4 < length) return false;
        kind = (MessageKind)_buffer[_start + 4];
        body = _buffer.AsMemory(_start + 5, length - 1);
        _start += 4 + length;
        return true;
    }
}
