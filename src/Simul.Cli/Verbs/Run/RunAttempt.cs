namespace Simul.Cli;

// How one start of a command ended: a line of the job log. ExitCode is null when a signal ended it or it never started
// (Error says why); Signal is null otherwise.
internal sealed record RunAttempt(
    int Index, string? Item, IReadOnlyList<string> Command, int Attempt, int? Pid, DateTimeOffset Start, double DurationS,
    int? ExitCode, string? Signal, string? Error, double CpuS)
{
    internal bool Succeeded => ExitCode == 0;

    internal string Description => ExitCode is { } code ? $"exit code {code}" : Signal is not null ? $"killed by {Signal}" : Error ?? "unknown";
}
