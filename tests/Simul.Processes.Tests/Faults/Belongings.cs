using Simul.Processes.Tests.Sharing;

namespace Simul.Processes.Tests.Faults;

// What this process has: whatever became of its pools, it is the same afterwards. Assemblies that it has loaded meanwhile do
// not count.
internal sealed record Belongings(int Descriptors, int Mappings, int Children)
{
    private HashSet<string> _descriptors = [];

    public static Belongings Count()
    {
        Leaks.Collect();
        HashSet<string> descriptors = [.. Directory.GetFiles("/proc/self/fd").Select(static path => $"{Path.GetFileName(path)} {new FileInfo(path).LinkTarget}").Where(static d => !d.EndsWith(".dll", StringComparison.Ordinal))];
        int mappings = File.ReadLines("/proc/self/maps").Count(static line => line.Contains("memfd:simul", StringComparison.Ordinal));
        return new(descriptors.Count, mappings, CountChildren()) { _descriptors = descriptors };
    }

    // The last descriptors of a pool are closed by its threads, some moments after its end.
    public async Task AssertKeptAsync(IEnumerable<WorkerTrace> workers)
    {
        Belongings now = this;
        await Until.TrueAsync(() =>
        {
            now = Count();
            return now.Descriptors <= Descriptors && now.Mappings <= Mappings && now.Children <= Children;
        }, () => $"{this} as before; there are {now} with {string.Join(", ", now._descriptors.Except(_descriptors))}");
        foreach (var worker in workers) worker.AssertGone();
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
}
