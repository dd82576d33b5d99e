namespace Simul.Cli;

// From /proc.
internal sealed class SystemMemory : IMemoryReader
{
    public static bool IsReadable { get; } = Proc.Kilobytes("/proc/meminfo", "MemAvailable") is not null && ProcessTree.IsMeasurable;

    public long Available() => Proc.Kilobytes("/proc/meminfo", "MemAvailable") ?? long.MaxValue;

    public long OfTree(int process) => ProcessTree.ResidentBytes(process);
}
