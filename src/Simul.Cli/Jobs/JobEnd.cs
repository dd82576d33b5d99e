namespace Simul.Cli.Jobs;

// How a run on a host ended. Trouble: null when every item has its outcome, else the sentence for the user.
internal sealed record JobEnd(bool Interrupted, string? Trouble, JobDone? Done);
