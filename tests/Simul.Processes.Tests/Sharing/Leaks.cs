namespace Simul.Processes.Tests.Sharing;

// What this process has open.
internal static class Leaks
{
    public static int CountDescriptors() => Directory.GetFiles("/proc/self/fd").Length;

    public static int CountMappings() => File.ReadLines("/proc/self/maps").Count(line => line.Contains("memfd:simul-", StringComparison.Ordinal));

    // Until objects nobody holds have given back what they had.
    public static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
