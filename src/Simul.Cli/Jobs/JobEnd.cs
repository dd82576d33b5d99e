namespace Simul.Cli.Jobs;

// How a run on a host ended. Trouble: null when every item has its outcome, else the sentence for the user. Halted: the policy that
// ended it before every item had one.
internal sealed record JobEnd(bool Interrupted, string? Trouble, JobDone? Done, HaltPolicy? Halted = null);
