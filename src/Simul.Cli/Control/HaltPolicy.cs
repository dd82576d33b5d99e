using System.Globalization;

namespace Simul.Cli;

// When a run is over before all of it has ended, in GNU parallel's words: never; soon,fail=1; now,fail=10%; now,success=1;
// soon,done=5. "soon" starts no more, "now" stops what runs as well. A percentage is of all there is to do, rounded up.
internal sealed record HaltPolicy(HaltWhen When, HaltWhy Why, int Count, double? Percent)
{
    public const string Spelling = "never, soon,fail=1, now,fail=10%, now,success=1 or soon,done=5";

    public static HaltPolicy Never { get; } = new(HaltWhen.Never, HaltWhy.Fail, 0, null);

    // As it was written.
    public string Text => When == HaltWhen.Never
        ? "never"
        : string.Create(CultureInfo.InvariantCulture, $"{Word(When)},{Word(Why)}={(Percent is { } p ? $"{p:0.##}%" : Count.ToString(CultureInfo.InvariantCulture))}");

    public static HaltPolicy? Parse(string text, out string complaint)
    {
        complaint = "";
        if (text == "never") return Never;
        string[] parts = text.Split(',', '=');
        if (parts.Length != 3 || text.IndexOf('=') < text.IndexOf(','))
        {
            complaint = parts.Length == 1 && DidYouMean.Find(text, ["never"]) is { } never
                ? $"'{text}' is no policy; did you mean '{never}'?"
                : $"'{text}' is no policy; write {Spelling}.";
            return null;
        }
        if (Find(parts[0], HaltWhen.Soon, HaltWhen.Now) is not { } when)
        {
            complaint = Unknown(text, parts[0], "soon", "now");
            return null;
        }
        if (Find(parts[1], HaltWhy.Fail, HaltWhy.Success, HaltWhy.Done) is not { } why)
        {
            complaint = Unknown(text, parts[1], "fail", "success", "done");
            return null;
        }
        string value = parts[2];
        if (value.EndsWith('%') && double.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent is > 0 and <= 100)
            return new(when, why, 0, percent);
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0) return new(when, why, count, null);
        complaint = $"'{value}' in '{text}' is neither a whole number from 1 nor a percentage up to 100%; write {Spelling}.";
        return null;
    }

    public bool IsReached(int succeeded, int failed, int total)
    {
        if (When == HaltWhen.Never) return false;
        int needed = Percent is { } percent ? Math.Max(1, (int)Math.Ceiling(total * percent / 100)) : Count;
        return needed <= Why switch
        {
            HaltWhy.Fail => failed,
            HaltWhy.Success => succeeded,
            _ => succeeded + failed,
        };
    }

    // A run that ended by this policy: whoever waited for a success has it; else failures are failures.
    public bool IsSuccess(int failed) => Why == HaltWhy.Success || failed == 0;

    private static T? Find<T>(string word, params T[] values)
        where T : struct, Enum => values.Where(v => Word(v) == word).Cast<T?>().FirstOrDefault();

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Unknown(string text, string word, params string[] known) =>
        $"'{word}' in '{text}' is not one of {string.Join(", ", known)}{(DidYouMean.Find(word, known) is { } near ? $"; did you mean '{near}'?" : ".")}";
}
