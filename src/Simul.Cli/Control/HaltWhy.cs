namespace Simul.Cli;

// What is counted. With retries, only the last failure of a command or item is one.
internal enum HaltWhy
{
    Fail,
    Success,
    Done,
}
