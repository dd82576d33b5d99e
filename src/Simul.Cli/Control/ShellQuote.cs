namespace Simul.Cli;

// Words as a shell would have to be given them.
internal static class ShellQuote
{
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Word));

    public static string Word(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:=,+@%^".Contains(c))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
