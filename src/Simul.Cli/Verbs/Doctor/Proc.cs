using System.Globalization;

namespace Simul.Cli;

// Small files of /proc and /sys. Null for whatever is not there: other systems, other kernels, tighter containers.
internal static class Proc
{
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static long? Number(string path) =>
        long.TryParse(Read(path), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;

    // "Name:   value" of a file like /proc/meminfo.
    public static string? Field(string path, string name)
    {
        foreach (string line in (Read(path) ?? "").Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ':')
                return line[(name.Length + 1)..].Trim();
        }
        return null;
    }

    public static long? Kilobytes(string path, string name) =>
        Field(path, name) is { } text && long.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value * 1024 : null;

    // A controller's file of the control group this process is in: version 2, or version 1 under the controller's name.
    public static string? ControlGroup(string controller, string fileV2, string fileV1)
    {
        foreach (string line in (Read("/proc/self/cgroup") ?? "").Split('\n'))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            string path = parts[2].TrimEnd('/');
            // Inside a container the path may be the host's, and the root of the mount is what counts.
            string? text = parts[1].Length == 0
                ? Read($"/sys/fs/cgroup{path}/{fileV2}") ?? Read($"/sys/fs/cgroup/{fileV2}")
                : parts[1].Split(',').Contains(controller) ? Read($"/sys/fs/cgroup/{controller}{path}/{fileV1}") ?? Read($"/sys/fs/cgroup/{controller}/{fileV1}") : null;
            if (text is not null) return text;
        }
        return null;
    }
}
