using System.Security.Cryptography;
using System.Text;

namespace Simul.Diagnostics;

/// <summary>The page's fixed parts, embedded in the assembly.</summary>
internal static class PageTemplate
{
    // In this order they are one module: each file uses only what stands before it.
    private static readonly string[] ScriptFiles = ["time.js", "data.js", "paint.js", "chart.js", "pointer.js", "keys.js", "main.js"];

    private static readonly Lazy<string> LazyStyle = new(() => "\n" + Read("report.css"));
    private static readonly Lazy<string> LazyScript = new(() => "\n" + string.Join('\n', ScriptFiles.Select(Read)));
    private static readonly Lazy<string> LazyHtml = new(() => Read("report.html"));

    public static string Style => LazyStyle.Value;

    public static string Script => LazyScript.Value;

    /// <summary>Allows exactly this style and this script and nothing else: no network, no other code, whatever a name in
    /// the data holds.</summary>
    public static string ContentSecurityPolicy =>
        $"default-src 'none'; img-src data:; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; base-uri 'none'; form-action 'none'";

    /// <summary>Calls <paramref name="text"/> for each fixed part of the page and <paramref name="slot"/> for the name of each
    /// gap, in order. One pass: a gap's content is never looked into, so a title with braces stays a title.</summary>
    public static void Visit(Action<string> text, Action<string> slot)
    {
        string html = LazyHtml.Value;
        int at = 0;
        while (html.IndexOf("{{", at, StringComparison.Ordinal) is var open and >= 0)
        {
            int close = html.IndexOf("}}", open, StringComparison.Ordinal);
            text(html[at..open]);
            slot(html[(open + 2)..close]);
            at = close + 2;
        }

        text(html[at..]);
    }

    private static string Hash(string content) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private static string Read(string name)
    {
        using Stream stream = typeof(PageTemplate).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The page part '{name}' is not embedded in this build. Build Simul.Diagnostics again.");
        using var reader = new StreamReader(stream, Encoding.UTF8);

        // A check-out may have turned line ends; browsers turn them back before they hash.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
