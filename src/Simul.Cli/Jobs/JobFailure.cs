namespace Simul.Cli.Jobs;

// A job that could not go on: exit code 1. The message is the sentence the user reads.
internal sealed class JobFailure(string message) : Exception(message);
