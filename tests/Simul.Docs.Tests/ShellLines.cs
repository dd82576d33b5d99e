using System.Text;

namespace Simul.Docs.Tests;

// As much of a shell as the documents need: commands of the tool, cut into words.
internal static class ShellLines
{
    private const string Tool = "./simul ";

    // The block's commands that start the tool, without comments.
    public static IEnumerable<string> Of(FencedBlock block) =>
        block.Text.Replace("\\\n", " ").Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith(Tool, StringComparison.Ordinal)).Select(line => string.Join(' ', Raw(line)));

    public static IEnumerable<string> Words(string command) => Raw(command).Select(word => word.Replace("'", "").Replace("\"", ""));

    // Words with their quotes on, up to a comment, a pipe or a redirection.
    private static IEnumerable<string> Raw(string line)
    {
        var word = new StringBuilder();
        char quote = '\0';
        foreach (char c in line + " ")
        {
            if (quote != '\0')
            {
                word.Append(c);
                if (c == quote) quote = '\0';
            }
            else if (c == ' ')
            {
                if (word.Length == 0) continue;
                if (word[0] is '#' or '|' or '>' or '<' or '&') yield break;
                yield return word.ToString();
                word.Clear();
            }
            else
            {
                word.Append(c);
                if (c is '\'' or '"') quote = c;
            }
        }
    }
}
