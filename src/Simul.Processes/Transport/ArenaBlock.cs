namespace Simul.Processes.Transport;

// A payload in an arena; default for one that is none.
internal readonly struct ArenaBlock(Arena? arena, long offset, long length)
{
    public bool IsNone => arena is null;

    public long Offset => offset;

    public long Length => length;

    public unsafe byte* Start => OperatingSystem.IsLinux() ? arena!.At(offset) : null;

    public void Release()
    {
        if (OperatingSystem.IsLinux()) arena?.Release(offset);
    }

    public override string ToString() => IsNone ? "none" : $"{length} bytes at {offset}";
}
