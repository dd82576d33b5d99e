using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Simul.Cli;

// The process that `simul run` starts beside its commands. It reads "+number" and "-number" for groups that come and go,
// and "." when all is well. When its input ends without that, the tool has died: it kills every group it knows, then
// everybody who carries the run's cookie (a command started in the last instant, a child that left its group).
internal static class RunWatchdog
{
    public const string Verb = "_watch";

    private const int MostSweeps = 100;

    public static int Watch(string[] args)
    {
        // Whoever stops the tool by name stops us by name too; we leave when the tool has left.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => c.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => c.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => c.Cancel = true);

        var groups = new HashSet<int>();
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.ASCII);
        while (input.ReadLine() is { Length: > 0 } line)
        {
            if (line[0] == '.') return 0;
            if (!int.TryParse(line.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int group) || group <= 1) continue;
            if (line[0] == '+') groups.Add(group);
            else groups.Remove(group);
        }
        foreach (int group in groups) _ = Libc.Kill(-group, Libc.SigKill);
        if (args.Length > 1 && OperatingSystem.IsLinux()) Sweep($"{OrphanGuard.CookieName}={args[1]}");
        return 0;
    }

    // Until two looks in a row find nobody: a process that starts another while we look can be missed once.
    private static void Sweep(string cookie)
    {
        byte[] mark = Encoding.ASCII.GetBytes(cookie);
        int empty = 0;
        for (int sweep = 0; sweep < MostSweeps && empty < 2; sweep++)
        {
            bool found = false;
            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int process)) continue;
                if (process == Environment.ProcessId || !Carries(folder, mark)) continue;
                found = true;
                _ = Libc.Kill(process, Libc.SigKill);
            }
            empty = found ? 0 : empty + 1;
            TimeProvider.System.Sleep(TimeSpan.FromMilliseconds(5));
        }
    }

    private static bool Carries(string folder, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes(folder + "/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // gone, or another user's
        }
    }
}
