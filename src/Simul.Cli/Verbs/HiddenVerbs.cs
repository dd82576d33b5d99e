namespace Simul.Cli;

// What the tool starts itself as. These do not pass the parser: they are no part of the command line that users see, and
// they must start fast.
internal static class HiddenVerbs
{
    public static Func<int>? Find(string[] args) => args switch
    {
        [RunWatchdog.Verb, ..] => () => RunWatchdog.Watch(args),
        _ => null,
    };
}
