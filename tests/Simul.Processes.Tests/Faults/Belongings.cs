using Simul.Processes.Tests.Sharing;

namespace Simul.Processes.Tests.Faults;

// What this process has: whatever became of its pools, it is the same afterwards.
internal sealed record Belongings(int Descriptors, int Mappings, int Children)
{
    public static Belongings Count()
    {
        Leaks.Collect();
        return new(Leaks.CountDescriptors(), File.ReadLines("/proc/self/maps").Count(static line => line.Contains("memfd:simul", StringComparison.Ordinal)), CountChildren());
    }

    // Also the dead ones whose status nobody has collected.
    private static int CountChildren() => Directory.GetDirectories("/proc/self/task").Sum(static thread =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        }
        catch (IOException)
        {
            return 0; // the thread has ended; its children are another's
        }
    });

    // The last descriptors of a pool are closed by its threads, some moments after its end.
    public async Task AssertKeptAsync(IEnumerable<int> processIds)
    {
        Belongings now = this;
        await Until.TrueAsync(() =>
        {
            now = Count();
            return now.Descriptors <= Descriptors && now.Mappings <= Mappings && now.Children <= Children;
        }, () => $"{this} as before, not {now}");
        foreach (int id in processIds)
        {
            Assert.False(Until.Lives(id), $"worker {id} lives");
            Assert.Empty(Directory.GetFileSystemEntries(Path.GetTempPath(), $"*-{id}-*"));
            Assert.Empty(Directory.GetFileSystemEntries("/dev/shm", $"*{id}*"));
        }
    }
}
