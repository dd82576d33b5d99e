namespace Simul.Cli;

// Why the supervisor itself ends a command. Put back: it is no failure of the command, and it will run again.
internal sealed record Condemnation(string Reason, bool PutBack = false);
