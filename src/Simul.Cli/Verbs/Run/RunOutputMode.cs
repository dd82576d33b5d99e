namespace Simul.Cli;

internal enum RunOutputMode
{
    Lines,   // each line as it comes
    Grouped, // each command's lines together, when it has ended
    Ordered, // the same, in the order of the commands
}
