namespace Simul.Docs.Tests;

// The documents that users read.
internal static class Documents
{
    public static string Root { get; } = FindRoot();

    // The first page, the guides, and what else stands in docs itself.
    public static IReadOnlyList<string> WithSamples { get; } =
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Select(Name).Order(StringComparer.Ordinal),
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs", "guide"), "*.md").Select(Name).Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<string> WithCommands { get; } =
    [
        .. WithSamples,
        "CONTRIBUTING.md",
        .. Directory.EnumerateFiles(Path.Combine(Root, "samples"), "README.md", SearchOption.AllDirectories).Select(Name).Order(StringComparer.Ordinal),
    ];

    public static string Read(string document) => File.ReadAllText(Path.Combine(Root, document));

    // The fenced blocks of a language, with the line of their fence.
    public static IEnumerable<FencedBlock> Blocks(string document, string language)
    {
        string[] lines = Read(document).ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal)) continue;
            int start = i++;
            while (i < lines.Length && !lines[i].StartsWith("```", StringComparison.Ordinal)) i++;
            if (lines[start].Trim() == "```" + language) yield return new FencedBlock(document, start + 1, string.Join('\n', lines[(start + 1)..i]));
        }
    }

    private static string Name(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Simul.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests must run inside the repository: no Simul.slnx above them.");
    }
}
