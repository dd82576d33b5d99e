using System.Globalization;

namespace Simul.Cli;

// How many files, threads, processes, maps and how much shared memory one may have.
internal static class LimitChecks
{
    private const double Infinite = ulong.MaxValue;

    public static IEnumerable<DoctorCheck> All() => [OpenFiles(), Processes(), Threads(), SharedMemory()];

    private static DoctorCheck OpenFiles()
    {
        const string Then = "a connection takes one descriptor, a worker process four";
        if (OperatingSystem.IsWindows() || Posix.GetLimit(Posix.OpenFilesResource, out var limit) != 0)
            return DoctorCheck.Ok("open_files", "no limit known", Then);
        if (limit.Hard >= long.MaxValue) return DoctorCheck.Ok("open_files", "unlimited", Then);
        // Asking is the only sure way: capabilities, user namespaces and fs.nr_open all have a say.
        bool raisable = Posix.SetLimit(Posix.OpenFilesResource, limit with { Hard = limit.Hard + 1 }) == 0;
        if (raisable) _ = Posix.SetLimit(Posix.OpenFilesResource, limit);
        string value = $"{Grouped(limit.Hard)}, {(raisable ? "can be raised" : "cannot be raised from here")}";
        return limit.Hard >= 10_000 || raisable
            ? DoctorCheck.Ok("open_files", value, Then, limit.Hard, "descriptors")
            : DoctorCheck.Limited("open_files", value, $"{Then}: spread many connections over processes", limit.Hard, "descriptors");
    }

    private static DoctorCheck Processes()
    {
        const string Then = "threads count too: a worker process has about 8";
        var limits = new List<(string Name, double Value)>();
        if (Proc.Number("/proc/sys/kernel/pid_max") is { } pids) limits.Add(("kernel.pid_max", pids));
        if (Proc.Number("/proc/sys/kernel/threads-max") is { } threads) limits.Add(("kernel.threads-max", threads));
        if (double.TryParse(Proc.ControlGroup("pids", "pids.max", "pids.max"), NumberStyles.None, CultureInfo.InvariantCulture, out double group)) limits.Add(("control group", group));
        // The limit of the user does not bind root.
        if (!OperatingSystem.IsWindows() && Environment.UserName != "root"
            && Posix.GetLimit(Posix.ProcessesResource, out var own) == 0 && own.Soft < long.MaxValue) limits.Add(("ulimit -u", own.Soft));
        if (limits.Count == 0) return DoctorCheck.Ok("processes", "no limit known", Then);
        var (name, least) = limits.MinBy(l => l.Value);
        string value = $"{Grouped(least)} processes and threads together ({name})";
        return least >= 4_000
            ? DoctorCheck.Ok("processes", value, Then, least, "processes")
            : DoctorCheck.Limited("processes", value, Then, least, "processes");
    }

    private static DoctorCheck Threads()
    {
        if (Proc.Number("/proc/sys/vm/max_map_count") is not { } maps) return DoctorCheck.Ok("threads", "no limit known", "a thread costs about 18 KB until it does something");
        // Measured: 10,000 threads live within 65,530 maps, 20,000 abort the process. A thread takes four maps or so.
        double threads = Math.Floor((maps - 2_000) / 4.0 / 1_000) * 1_000;
        if (Proc.Number("/proc/sys/kernel/pid_max") is { } pids) threads = Math.Min(threads, pids);
        string value = $"about {Grouped(threads)} in one process (vm.max_map_count {Grouped(maps)})";
        return threads >= 10_000
            ? DoctorCheck.Ok("threads", value, "more would abort the process, not throw", threads, "threads")
            : DoctorCheck.Limited("threads", value, "more would abort the process, not throw; use a loop for thousands of waits", threads, "threads");
    }

    private static DoctorCheck SharedMemory()
    {
        const string Without = "arrays go to worker processes by copy, over sockets";
        try
        {
            var drive = OperatingSystem.IsLinux() && Directory.Exists("/dev/shm") ? new DriveInfo("/dev/shm") : null;
            if (drive is null) return DoctorCheck.Missing("shared_memory", "no /dev/shm", Without);
            string value = $"{MachineChecks.Bytes(drive.TotalSize)}, {MachineChecks.Bytes(drive.AvailableFreeSpace)} free";
            return drive.AvailableFreeSpace >= 256L << 20
                ? DoctorCheck.Ok("shared_memory", value, "arrays go to worker processes without a copy", drive.AvailableFreeSpace, "bytes")
                : DoctorCheck.Limited("shared_memory", value, "large arrays may not fit (containers start with 64 MiB: --shm-size)", drive.AvailableFreeSpace, "bytes");
        }
        catch (IOException)
        {
            return DoctorCheck.Missing("shared_memory", "/dev/shm cannot be examined", Without);
        }
    }

    private static string Grouped(double number) => number >= Infinite ? "unlimited" : number.ToString("N0", CultureInfo.InvariantCulture);
}
