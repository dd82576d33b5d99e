using System.CommandLine;
using System.Globalization;

namespace Simul.Cli;

// Options as every verb has them, with errors in house wording: one sentence that names the option, what was written, and
// what to write.
internal static class HouseOption
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON, and nothing else, on standard output." };

    public static Option<FileInfo?> Report() => Text("--report", "FILE.html", "Write a self-contained HTML report.", path => new FileInfo(path));

    // A whole number within bounds; null when the option is not given.
    public static Option<int?> Count(string name, string description, int min, int max, string help = "N") => new(name)
    {
        Description = description,
        HelpName = help,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max) return value;
            result.AddError($"{name} takes a whole number from {Grouped(min)} to {Grouped(max)}, not '{text}'.");
            return null;
        },
    };

    public static Option<int> Count(string name, string description, int min, int max, int fallback, string help = "N")
    {
        var inner = Count(name, description, min, max, help);
        return new Option<int>(name)
        {
            Description = $"{description} Default: {Grouped(fallback)}.",
            HelpName = help,
            CustomParser = result => inner.CustomParser!(result) ?? fallback,
            DefaultValueFactory = _ => fallback,
        };
    }

    public static Option<TimeSpan?> Duration(string name, string description, bool allowZero = false) => new(name)
    {
        Description = description,
        HelpName = "5s",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!DurationParser.TryParse(text, out var value))
                result.AddError($"{name}: '{text}' is not a duration; write 5s, 1.5m or 200ms.");
            else if (value == TimeSpan.Zero && !allowZero)
                result.AddError($"{name} must be above zero, not '{text}'; write 5s, 1.5m or 200ms.");
            else
                return value;
            return null;
        },
    };

    public static Option<TimeSpan> Duration(string name, string description, TimeSpan fallback, bool allowZero = false)
    {
        var inner = Duration(name, description, allowZero);
        return new Option<TimeSpan>(name)
        {
            Description = $"{description} Default: {DurationText.Of(fallback)}.",
            HelpName = "5s",
            CustomParser = result => inner.CustomParser!(result) ?? fallback,
            DefaultValueFactory = _ => fallback,
        };
    }

    public static Option<double> Number(string name, string description, double min, double max, double fallback) => new(name)
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"{description} Default: {fallback}."),
        HelpName = "X",
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            // NaN fails both comparisons.
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max) return value;
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} takes a number from {min} to {max}, not '{text}'."));
            return fallback;
        },
    };

    // One of a few words; null when the option is not given.
    public static Option<string?> Choice(string name, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (words.Contains(text)) return text;
            result.AddError(NotAmong(name, text, words));
            return null;
        },
    };

    // Some of a few words, with commas between them; null when the option is not given.
    public static Option<string[]?> Choices(string name, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = string.Join(',', words),
        CustomParser = result =>
        {
            string[] chosen = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            foreach (string text in chosen)
            {
                if (!words.Contains(text)) result.AddError(NotAmong(name, text, words));
            }
            if (chosen.Length == 0) result.AddError($"{name} needs at least one of {string.Join(", ", words)}.");
            return [.. chosen.Distinct()];
        },
        Arity = ArgumentArity.ExactlyOne,
    };

    // A text that is not empty, made into something; null when the option is not given.
    public static Option<T?> Text<T>(string name, string help, string description, Func<string, T> make)
        where T : class => new(name)
        {
            Description = description,
            HelpName = help,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (text.Length > 0) return make(text);
                result.AddError($"{name} is empty: write {name} {help}.");
                return null;
            },
        };

    // When to end before all has ended, as GNU parallel spells it.
    public static Option<HaltPolicy> Halt(string what) => new("--halt")
    {
        Description = $"End before all {what} have: {HaltPolicy.Spelling}. 'soon' begins no more, 'now' stops what runs. Default: never.",
        HelpName = "WHEN,WHY=N",
        DefaultValueFactory = _ => HaltPolicy.Never,
        CustomParser = result =>
        {
            if (HaltPolicy.Parse(result.Tokens[0].Value, out string complaint) is { } policy) return policy;
            result.AddError($"--halt: {complaint}");
            return HaltPolicy.Never;
        },
    };

    // An amount of memory in bytes; null when the option is not given.
    public static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "2G",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (SizeParser.TryParse(text, out long bytes)) return bytes;
            result.AddError($"{name}: '{text}' is not an amount of memory; write 500M, 1.5G or 2GiB.");
            return null;
        },
    };

    private static string NotAmong(string name, string text, string[] words) =>
        $"{name}: '{text}' is not one of {string.Join(", ", words)}{(DidYouMean.Find(text, words) is { } near ? $"; did you mean '{near}'?" : ".")}";

    private static string Grouped(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
