using System.Buffers;
using System.Runtime.InteropServices;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// Where a worker puts a result until it is sent: a buffer, or a block of its arena.
internal sealed class ResultBuffer(ArenaAllocator? arena)
{
    private const int KeepCapacity = 256 * 1024;

    private ArrayBufferWriter<byte> _buffer = new(256);
    private ArenaBlock _block;

    public void Put<T>(T value, WorkSerializer serializer) => _block = PayloadCodec<T>.Instance.Pack(_buffer, value, arena, serializer);

    // The frame must be sent before the next result is put here.
    public void EndFrame(FrameWriter frame)
    {
        MemoryMarshal.TryGetArray(_buffer.WrittenMemory, out var array);
        frame.EndWith(_block, array.Array!, array.Count);
    }

    public void Clear()
    {
        if (_buffer.Capacity > KeepCapacity) _buffer = new ArrayBufferWriter<byte>(256);
        else _buffer.ResetWrittenCount();
        _block = default;
    }
}
