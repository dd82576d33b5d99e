namespace Simul.Cli;

// What a command is started through, so that the kernel itself kills it when we die: `setpriv --pdeathsig KILL`, which
// asks for the signal and becomes the command.
// Why beside the watchdog: it holds even if tool and watchdog are killed in one stroke. Why not alone: it reaches the
// command, not what the command started; and macOS and busybox do not have it.
internal static class Trampoline
{
    private static readonly string? s_setpriv = FindSetpriv();

    public static IReadOnlyList<string> Wrap(IReadOnlyList<string> command) =>
        s_setpriv is not null && CommandPath.Find(command[0]) is { } path
            ? [s_setpriv, "--pdeathsig", "KILL", "--", path, .. command.Skip(1)]
            : command; // what cannot be found fails in the spawn itself, with the kernel's reason

    private static string? FindSetpriv()
    {
        if (!OperatingSystem.IsLinux() || CommandPath.Find("setpriv") is not { } path) return null;
        // Busybox has the name, not the option.
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return Path.GetFileName(target) == "setpriv" ? path : null;
    }
}
