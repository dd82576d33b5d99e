using System.Text.RegularExpressions;

namespace Simul.Architecture.Tests;

// What is committed must mean the same on every machine.
public sealed partial class CommittedFileTests
{
    // Parents that are words of every machine rather than the name of one.
    private static readonly string[] s_ordinary = ["/", "/tmp", "/home", "/src", "/opt", "/usr", "/var/tmp"];

    [Fact]
    public void Files_None_NamesAPathOfThisMachine()
    {
        string parent = Path.GetDirectoryName(Repository.Root)!.Replace('\\', '/');
        // Written in two halves, so that this file does not name it.
        var paths = new List<string> { "/" + "root/", Repository.Root.Replace('\\', '/') + "/" };
        if (!s_ordinary.Contains(parent)) paths.Add(parent + "/");
        var pattern = new Regex(@"(?<![\w.}-])(" + string.Join('|', paths.Select(Regex.Escape)) + ")");
        var found = new List<string>();
        foreach (string file in Repository.CommittedFiles())
        {
            if (IsBinary(file)) continue;
            int number = 0;
            foreach (string line in File.ReadLines(file))
            {
                number++;
                if (pattern.IsMatch(line)) found.Add($"{Repository.Name(file)}:{number}: {line.Trim()}");
            }
        }
        Findings.None(found, "Paths of this machine");
    }

    [Fact]
    public void Documents_EveryLink_LeadsToAFile()
    {
        var broken = new List<string>();
        foreach (string file in Repository.CommittedFiles().Where(f => f.EndsWith(".md", StringComparison.Ordinal)))
        {
            // Links inside code are not links.
            string text = Fence().Replace(File.ReadAllText(file), "");
            foreach (Match match in Link().Matches(text))
            {
                string target = Uri.UnescapeDataString(match.Groups[1].Value.Split('#')[0]);
                if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
                string path = Path.Combine(Path.GetDirectoryName(file)!, target);
                if (!File.Exists(path) && !Directory.Exists(path)) broken.Add($"{Repository.Name(file)}: {target}");
            }
        }
        Findings.None(broken, "Links that lead nowhere");
    }

    [Fact]
    public void Decisions_Numbers_AreWithoutGapsAndEachHasItsParts()
    {
        string folder = Path.Combine(Repository.Root, "docs", "decisions");
        var files = Directory.EnumerateFiles(folder, "*.md").Where(f => char.IsDigit(Path.GetFileName(f)[0])).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(files);
        Assert.Equal(Enumerable.Range(1, files.Count), files.Select(f => int.Parse(Path.GetFileName(f)[..4])));
        foreach (string file in files)
        {
            string text = File.ReadAllText(file);
            foreach (string part in new[] { "## Context", "## Decision", "## Price", "## What would change our mind" })
                Assert.True(text.Contains(part, StringComparison.Ordinal), $"{Repository.Name(file)} has no part '{part}'.");
        }
    }

    private static bool IsBinary(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> start = stackalloc byte[8000];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start[..count].Contains((byte)0);
    }

    [GeneratedRegex(@"```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\(([^)\s]+)(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();
}
