namespace Simul.Cli;

// Nobody reads our standard output any more.
internal sealed class OutputClosedException() : IOException("Standard output has been closed by its reader.");
