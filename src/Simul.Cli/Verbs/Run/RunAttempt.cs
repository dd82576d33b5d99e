namespace Simul.Cli;

// How one start of a command ended: a line of the job log. One of ExitCode, Signal and Error is set; Error says why it could not
// be started, or why the supervisor ended it.
internal sealed record RunAttempt(
    int Index, string? Item, IReadOnlyList<string> Command, int Attempt, int? Pid, DateTimeOffset Start, double DurationS,
    int? ExitCode, string? Signal, string? Error, double CpuS)
{
    private const int NotFound = 127; // what a shell says
    private const int Condemned = -1; // what GNU parallel says of a time limit

    internal long OutputBytes { get; init; }

    internal int? SignalNumber { get; init; }

    internal bool Succeeded => ExitCode == 0;

    internal string Description => ExitCode is { } code ? $"exit code {code}" : Signal is not null ? $"killed by {Signal}" : Error ?? "unknown";

    internal ParallelLogLine LogLine => new(
        Index + 1, Start, DurationS, OutputBytes, ExitCode ?? (Error is null ? 0 : Pid is null ? NotFound : Condemned), SignalNumber ?? 0, ShellQuote.Join(Command));
}
