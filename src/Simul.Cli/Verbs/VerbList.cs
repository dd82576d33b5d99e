namespace Simul.Cli;

// Every verb, in the order of `simul --help`.
internal static class VerbList
{
    public static IReadOnlyList<IVerb> All =>
    [
        new RunVerb(),
        new DoctorVerb(),
    ];
}
