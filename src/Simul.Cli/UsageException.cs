namespace Simul.Cli;

// Bad usage that only shows when the verb looks closer: a file that cannot be read, a list without items. Exit code 2.
// The message is one sentence that names the thing and what to do about it.
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
