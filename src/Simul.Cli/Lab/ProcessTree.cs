using System.Globalization;

namespace Simul.Cli;

// Processor time and memory of a process and all its descendants, from /proc. Linux only; elsewhere there is nothing to
// read and the callers fall back to what the host says of itself.
internal static class ProcessTree
{
    // USER_HZ: the unit of /proc/<pid>/stat, 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    public static bool IsMeasurable { get; } = File.Exists("/proc/self/stat");

    // User and system time, with that of children that have ended and been waited for.
    public static double CpuSeconds(int root) => Members(root).Sum(pid => Ticks(pid)) / TicksPerSecond;

    // The time threads of this process ran or were ready to run and found no core; of those that still live.
    public static double WantedSeconds(int pid)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{pid}/task").Sum(task =>
                Read(Path.Combine(task, "schedstat")).Split(' ') is [var ran, var delayed, ..] ? (long.Parse(ran, CultureInfo.InvariantCulture) + long.Parse(delayed, CultureInfo.InvariantCulture)) / 1e9 : 0);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    // Proportional set size: pages that processes share are counted once in all.
    public static long MemoryBytes(int root) => Members(root).Sum(Proportional);

    // Resident set size: cheaper to ask for, and pages that processes share are counted in each.
    public static long ResidentBytes(int root) => Members(root).Sum(pid =>
        Read($"/proc/{pid}/statm").Split(' ') is [_, var pages, ..] ? long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize : 0);

    public static List<int> Members(int root)
    {
        var members = new List<int> { root };
        for (int i = 0; i < members.Count; i++) members.AddRange(Children(members[i]));
        return members;
    }

    private static IEnumerable<int> Children(int pid)
    {
        string[] tasks;
        try
        {
            tasks = Directory.GetDirectories($"/proc/{pid}/task");
        }
        catch (IOException)
        {
            return [];
        }
        return tasks.SelectMany(task => Read(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToList();
    }

    private static long Ticks(int pid)
    {
        string stat = Read($"/proc/{pid}/stat");
        // The name, in parentheses, may hold anything; what follows the last one is fields 3 and on.
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 15 ? 0 : fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)); // 14 to 17: utime, stime, cutime, cstime
    }

    private static long Proportional(int pid)
    {
        foreach (string line in Read($"/proc/{pid}/smaps_rollup").Split('\n'))
            if (line.StartsWith("Pss:", StringComparison.Ordinal))
                return long.Parse(line.AsSpan(4, line.Length - 4 - 2).Trim(), CultureInfo.InvariantCulture) * 1024;
        return 0;
    }

    // Empty when the process has gone meanwhile.
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
