using System.CommandLine;
using System.CommandLine.Parsing;

namespace Simul.Cli;

// Parse errors in our words: one sentence each, naming the thing and the mend.
internal static class UsageSentences
{
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0) return [];
        var command = parsed.CommandResult.Command;
        bool atRoot = command is RootCommand;
        if (atRoot) return [parsed.UnmatchedTokens.Count == 0 ? NoVerb : UnknownAtRoot(command, parsed.UnmatchedTokens[0])];

        var sentences = new List<string>(Unmatched(command, parsed.UnmatchedTokens));
        bool unmatchedReported = sentences.Count > 0;
        foreach (var error in parsed.Errors)
        {
            string? sentence = error.SymbolResult switch
            {
                OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} needs a value: write {option.Option.Name} {option.Option.HelpName ?? "VALUE"}.",
                OptionResult { Tokens.Count: > 1 } option when option.IdentifierTokenCount > 1 => $"{option.Option.Name} is given {option.IdentifierTokenCount} times; give it once.",
                ArgumentResult { Tokens.Count: 0 } argument when IsStock(error) => Missing(command, argument.Argument),
                CommandResult when unmatchedReported && IsStock(error) => null,
                _ => error.Message.ReplaceLineEndings(" "),
            };
            if (sentence is not null && !sentences.Contains(sentence)) sentences.Add(sentence);
        }
        return sentences;
    }

    public static string UnknownOption(Command command, string token) =>
        $"'{token}' is not an option of 'simul {command.Name}'{Suggest(token, OptionNames(command))} `simul {command.Name} --help` lists them.";

    private const string NoVerb = "no verb given: write for example `simul chess`; `simul --help` lists the verbs.";

    private static string UnknownAtRoot(Command root, string token) => token.StartsWith('-')
        ? $"'{token}' is not an option of 'simul'{Suggest(token, OptionNames(root))} `simul --help` lists them."
        : $"'{token}' is not a verb{Suggest(token, VerbNames(root))} `simul --help` lists the verbs.";

    private static IEnumerable<string> Unmatched(Command command, IReadOnlyList<string> tokens)
    {
        bool afterOption = false;
        foreach (string token in tokens)
        {
            if (token.StartsWith('-') && token.Length > 1)
            {
                afterOption = true;
                yield return UnknownOption(command, token);
            }
            else
            {
                // A word behind an unknown option is most likely its value.
                if (!afterOption) yield return $"'{token}' is one word too many for 'simul {command.Name}'; `simul {command.Name} --help` shows what it takes.";
                afterOption = false;
            }
        }
    }

    private static string Missing(Command command, Argument argument) =>
        $"'simul {command.Name}' needs {argument.Name}; `simul {command.Name} --help` shows how.";

    // The library's own messages are replaced; those of our parsers and validators pass.
    private static bool IsStock(ParseError error) =>
        error.Message.StartsWith("Required ", StringComparison.Ordinal) || error.Message.StartsWith("Unrecognized ", StringComparison.Ordinal);

    private static string Suggest(string word, IEnumerable<string> known) =>
        DidYouMean.Find(word, known) is { } near ? $". Did you mean '{near}'?" : ";";

    private static IEnumerable<string> VerbNames(Command root) => root.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);

    private static IEnumerable<string> OptionNames(Command command) =>
        command.Options.SelectMany(o => o.Aliases.Prepend(o.Name)).Where(n => n.StartsWith("--", StringComparison.Ordinal)).Append("--help");
}
