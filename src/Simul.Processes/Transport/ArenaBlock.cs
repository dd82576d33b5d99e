namespace Simul.Processes.Transport;

// A payload in an arena; default for one that is none.
internal readonly record struct ArenaBlock(Arena? Arena, long Offset, long Length)
{
    public bool IsNone => Arena is null;

    public unsafe byte* Start => OperatingSystem.IsLinux() ? Arena!.At(Offset) : null;

    public void Release()
    {
        if (OperatingSystem.IsLinux()) Arena?.Release(Offset);
    }
}
