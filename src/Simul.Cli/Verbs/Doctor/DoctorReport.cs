namespace Simul.Cli;

// The shape of `simul doctor --json`; documented in docs/guide/cli.md. Checks may be added; names and fields stay.
internal sealed record DoctorReport(string Simul, IReadOnlyList<DoctorCheck> Checks);

// Verdict: ok, limited (works, with less) or missing. Value: for people. Number and Unit: the same for programs, where there
// is one number that says it. Consequence: what it is good for, or what follows from its absence.
internal sealed record DoctorCheck(string Name, string Verdict, string Value, string Consequence, double? Number = null, string? Unit = null)
{
    public static DoctorCheck Ok(string name, string value, string consequence, double? number = null, string? unit = null) => new(name, "ok", value, consequence, number, unit);

    public static DoctorCheck Limited(string name, string value, string consequence, double? number = null, string? unit = null) => new(name, "limited", value, consequence, number, unit);

    public static DoctorCheck Missing(string name, string value, string consequence) => new(name, "missing", value, consequence);
}
