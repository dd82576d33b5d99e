using System.Runtime.Versioning;

namespace Simul.Processes.Transport;

// The owner's side of an arena: which parts of it are free. First fit from the front, so that the pages used last are used
// again, which are in memory and mapped in both processes already: a fresh page costs more than filling it.
//
// Thread safety: all members may be used from any thread.
[SupportedOSPlatform("linux")]
internal sealed class ArenaAllocator(Arena arena)
{
    public const long Grain = 64 * 1024;

    // A frame takes what is smaller: it costs two copies there, but no page of its own.
    public const int Large = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly List<(long Start, long End)> _lent = [];             // owner: _gate; in order of place
    private long _touched;                                                // owner: _gate; no page beyond has been used

    // Whether there is anything to give back to the system.
    public bool IsWarm
    {
        get
        {
            lock (_gate) return _touched > 0;
        }
    }

    // False when there is no room, or the memory has been let go; then the payload goes into the frame. It stays mapped until the
    // block is released here; what the reader releases was lent for the life of the process.
    public bool TryAllocate(long length, out ArenaBlock block)
    {
        block = default;
        if (length > Arena.Size - Arena.HeadSize || !arena.TryEnter()) return false;
        long at = Reserve((length + Arena.HeadSize + Grain - 1) / Grain * Grain);
        if (at >= 0) block = new ArenaBlock(arena, at, length);
        else arena.Leave();
        return at >= 0;
    }

    public void Release(ArenaBlock block)
    {
        if (block.IsNone) return;
        block.Release();
        arena.Leave();
    }

    // Gives the memory behind the last block in use back to the system.
    public void Trim()
    {
        lock (_gate)
        {
            if (!arena.TryEnter()) return;
            _lent.RemoveAll(b => !arena.IsInUse(b.Start));
            long end = _lent.Count == 0 ? 0 : _lent[^1].End;
            if (_touched > end) arena.Discard(end, _touched - end);
            _touched = Math.Min(_touched, end);
            arena.Leave();
        }
    }

    private long Reserve(long size)
    {
        lock (_gate)
        {
            _lent.RemoveAll(b => !arena.IsInUse(b.Start));
            long at = 0;
            int index = 0;
            while (index < _lent.Count && _lent[index].Start - at < size) at = _lent[index++].End;
            if (at + size > Arena.Size) return -1;
            _lent.Insert(index, (at, at + size));
            _touched = Math.Max(_touched, at + size);
            arena.Use(at);
            return at;
        }
    }
}
