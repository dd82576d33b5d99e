using System.Reflection;
using System.Text.RegularExpressions;

namespace Simul.Docs.Tests;

// A page with tables of another library's names, ours, and a remark: | `theirs` | `Ours` | what differs |.
internal sealed partial class NameTable(string page, string head)
{
    private static readonly Lazy<ILookup<string, Type>> s_types = new(PublicTypes);

    public string Page => page;

    public IEnumerable<(string Theirs, string Ours, string Remark, int Line)> Rows()
    {
        string[] lines = Documents.Read(page).ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] cells = [.. lines[i].Split('|').Select(cell => cell.Trim())];
            if (cells.Length == 5 && cells[1] != head && !cells[1].StartsWith("---", StringComparison.Ordinal)) yield return (cells[1], cells[2], cells[3], i + 1);
        }
    }

    public void AssertHas(IEnumerable<string> names)
    {
        var there = Rows().SelectMany(row => Spans(row.Theirs)).ToHashSet();
        var missing = names.Where(name => !there.Contains(name)).ToList();
        Assert.True(missing.Count == 0, $"{page} says nothing about: {string.Join(", ", missing)}");
    }

    public void AssertEachRowAnswers()
    {
        Assert.NotEmpty(Rows());
        foreach (var (theirs, ours, remark, line) in Rows())
        {
            Assert.True(theirs == "none" || Spans(theirs).Any(), $"{page}:{line}: the first column names nothing.");
            Assert.True(Spans(ours).Any() || (ours == "none" && remark.Length > 0), $"{page}:{line}: neither a name nor a reason.");
        }
    }

    public void AssertEachAnswerExists()
    {
        var wrong = Rows().SelectMany(row => Spans(row.Ours).Concat(Spans(row.Remark)).Where(IsName).Where(name => !Exists(name)), (row, name) => $"{page}:{row.Line}: {name}").ToList();
        Assert.True(wrong.Count == 0, $"No such public type or member:\n{string.Join('\n', wrong)}");
    }

    public static bool Exists(string name)
    {
        var match = Name().Match(name);
        string type = match.Groups["type"].Value + (match.Groups["generic"].Success ? "`1" : "");
        string member = match.Groups["member"].Value;
        const BindingFlags All = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;
        return s_types.Value[type].Any(t => member == "" || t.GetMember(member, All).Length > 0);
    }

    private static IEnumerable<string> Spans(string cell) => Span().Matches(cell).Select(match => match.Groups[1].Value);

    // A type or a member of one; anything else between backticks is code.
    private static bool IsName(string span) => Name().IsMatch(span);

    private static ILookup<string, Type> PublicTypes()
    {
        string[] assemblies =
        [
            "Simul", "Simul.Processes", "System.Private.CoreLib", "System.Collections", "System.Threading", "System.Threading.Channels", "System.Net.Sockets",
            "System.Net.Primitives", "System.Net.Security", "System.Net.NameResolution", "System.IO.Pipelines", "System.IO.Pipes", "System.Diagnostics.Process", "System.Runtime",
        ];
        return assemblies.SelectMany(name => Assembly.Load(name).GetExportedTypes()).ToLookup(type => type.Name);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"^(?<type>[A-Z]\w+)(?<generic><T>)?(?:\.(?<member>[A-Z]\w+))?$")]
    private static partial Regex Name();
}
