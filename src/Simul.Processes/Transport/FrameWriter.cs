using System.Buffers.Binary;
using System.Text;

namespace Simul.Processes.Transport;

// Collects frames to be sent together. Large payloads are sent from where they are, without a copy.
internal sealed class FrameWriter
{
    private const int NormalSize = 4 * 1024;
    private const int SendInPlace = 16 * 1024;

    private readonly List<(byte[] Array, int Start, int Length)> _sealed = [];
    private byte[] _buffer = new byte[NormalSize];
    private int _start;  // of what is not sealed yet
    private int _end;
    private int _frame;

    private bool _urgent;

    public long Length { get; private set; }

    // Small parts that were written and not sent, also outside of a frame.
    public ReadOnlySpan<byte> Unsent => _buffer.AsSpan(_start, _end - _start);

    public void Begin(MessageKind kind)
    {
        _frame = _end;
        _urgent |= kind.IsUrgent();
        Reserve(5);
        _buffer[_end + 4] = (byte)kind;
        _end += 5;
    }

    public void Write(byte value)
    {
        Reserve(1);
        _buffer[_end++] = value;
    }

    public void Write(int value)
    {
        Reserve(4);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_end), value);
        _end += 4;
    }

    public void Write(long value)
    {
        Reserve(8);
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_end), value);
        _end += 8;
    }

    public void Write(string? value)
    {
        if (value is null)
        {
            Write(-1);
            return;
        }
        int bytes = Encoding.UTF8.GetByteCount(value);
        Write(bytes);
        Reserve(bytes);
        _end += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_end));
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    // A block in the middle of a frame: its length and its bytes.
    public void WriteBlock(ReadOnlySpan<byte> bytes)
    {
        Write(bytes.Length);
        Write(bytes);
    }

    public void End() => Finish(0);

    // The last part of a frame, whose length follows from the frame's. The array must stay as it is until it was sent.
    public void End(byte[] bytes, int length)
    {
        Finish(length);
        if (length < SendInPlace)
        {
            Write(bytes.AsSpan(0, length));
            Length += length;
            return;
        }
        _sealed.Add((_buffer, _start, _end - _start));
        _sealed.Add((bytes, 0, length));
        _start = _end;
        Length += length;
    }

    public void SendTo(Channel channel)
    {
        foreach (var (array, start, length) in _sealed) channel.Send(array.AsSpan(start, length), _urgent);
        if (_end > _start) channel.Send(_buffer.AsSpan(_start, _end - _start), _urgent);
        Clear();
    }

    public void Clear()
    {
        _sealed.Clear();
        if (_buffer.Length > 16 * NormalSize) _buffer = new byte[NormalSize];
        _start = _end = _frame = 0;
        Length = 0;
        _urgent = false;
    }

    private void Finish(int tail)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_frame), checked(_end - _frame - 4 + tail));
        Length += _end - _frame;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _end >= count) return;
        Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, checked(_end + count)));
    }
}
