using System.Globalization;
using System.Runtime.InteropServices;

namespace Simul.Cli;

// Runtime, system, cores, memory.
internal static class MachineChecks
{
    public static IEnumerable<DoctorCheck> All() => [Runtime(), System(), Cores(), Memory()];

    private static DoctorCheck Runtime()
    {
        string value = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}";
        return Environment.Version.Major >= 10
            ? DoctorCheck.Ok("runtime", value, "all engines run on it")
            : DoctorCheck.Limited("runtime", value, "Simul is tested on .NET 10 and later");
    }

    private static DoctorCheck System()
    {
        string kernel = Proc.Read("/proc/sys/kernel/osrelease") is { } release ? $", kernel {release}" : "";
        string value = $"{RuntimeInformation.OSDescription}{kernel}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        return OperatingSystem.IsLinux()
            ? DoctorCheck.Ok("system", value, "where everything is tested and fastest")
            : DoctorCheck.Limited("system", value, "portable driver and socket transport; slower than on Linux");
    }

    private static DoctorCheck Cores()
    {
        // The runtime's number heeds affinity and the control group's quota: it is what the engines take as their default.
        int usable = Environment.ProcessorCount;
        int online = OnlineCores() ?? usable;
        string? quota = Proc.ControlGroup("cpu", "cpu.max", "cpu.cfs_quota_us");
        string limit = usable == online ? ""
            : quota is not null && !quota.StartsWith("max", StringComparison.Ordinal) && !quota.StartsWith('-') ? $", control group quota {quota}"
            : $", affinity {Proc.Field("/proc/self/status", "Cpus_allowed_list") ?? "restricted"}";
        string value = string.Create(CultureInfo.InvariantCulture, $"{usable} of {online}{limit}");
        return usable > 1
            ? DoctorCheck.Ok("cores", value, "threads and processes use them all; one loop uses one", usable, "cores")
            : DoctorCheck.Limited("cores", value, "no engine can be faster than one loop at pure computing, and code stays untiered for longer", usable, "cores");
    }

    private static int? OnlineCores()
    {
        if (Proc.Read("/sys/devices/system/cpu/online") is not { } text) return null;
        int count = 0;
        foreach (string range in text.Split(','))
        {
            string[] ends = range.Split('-');
            if (!int.TryParse(ends[0], out int first) || !int.TryParse(ends[^1], out int last)) return null;
            count += last - first + 1;
        }
        return count;
    }

    private static DoctorCheck Memory()
    {
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // heeds the control group
        long? free = Proc.Kilobytes("/proc/meminfo", "MemAvailable");
        string value = Bytes(total) + (free is { } f ? $", {Bytes(Math.Min(f, total))} available" : "");
        long left = Math.Min(free ?? total, total);
        return left >= 1L << 30
            ? DoctorCheck.Ok("memory", value, "an idle worker process takes about 30 MB", total, "bytes")
            : DoctorCheck.Limited("memory", value, "few worker processes fit: an idle one takes about 30 MB", total, "bytes");
    }

    internal static string Bytes(double bytes) => bytes switch
    {
        >= 1L << 30 => (bytes / (1L << 30)).ToString("0.#", CultureInfo.InvariantCulture) + " GiB",
        >= 1L << 20 => (bytes / (1L << 20)).ToString("0.#", CultureInfo.InvariantCulture) + " MiB",
        _ => (bytes / 1024).ToString("0.#", CultureInfo.InvariantCulture) + " KiB",
    };
}
