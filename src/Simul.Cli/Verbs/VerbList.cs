namespace Simul.Cli;

// Every verb, in the order of `simul --help`.
internal static class VerbList
{
    public static IReadOnlyList<IVerb> All =>
    [
        new ChessVerb(),
        new TableVerb(),
        new CompareVerb(),
        new MapVerb(),
        new RunVerb(),
        new DoctorVerb(),
    ];
}
