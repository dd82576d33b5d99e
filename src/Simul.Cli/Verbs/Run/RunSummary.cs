namespace Simul.Cli;

// The shape of `simul run --json`. Stopped: asked to end by Ctrl+C while it ran, or never started because of it.
// Results: the last attempt of each command, in order.
internal sealed record RunSummary(int Jobs, int Succeeded, int Failed, int Stopped, int Retried, double WallS, IReadOnlyList<RunAttempt> Results)
{
    // The policy that ended the run before all of it had; null when none did.
    internal HaltPolicy? Halted { get; init; }

    internal bool IsSuccess => Halted?.IsSuccess(Failed) ?? (Failed == 0 && Stopped == 0);

    internal string Sentence =>
        $"{Jobs} command{(Jobs == 1 ? "" : "s")}: {Succeeded} succeeded, {Failed} failed"
        + (Stopped > 0 ? $", {Stopped} stopped" : "") + (Retried > 0 ? $", {Retried} started again" : "") + $" ({DurationText.Of(WallS)}).";
}
