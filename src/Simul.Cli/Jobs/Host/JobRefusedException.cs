namespace Simul.Cli.Jobs.Host;

// Bad usage found in the host: the message is the sentence the user reads, and the command line ends with exit code 2.
internal sealed class JobRefusedException(string message) : Exception(message);
