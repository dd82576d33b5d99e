using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Simul.Cli;

namespace Simul.Docs.Tests;

// The commands that the documents show.
public sealed class CommandTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5); // it may have to build first

    public static TheoryData<string> Commands => [.. Documents.WithCommands.SelectMany(document => Documents.Blocks(document, "sh")).SelectMany(ShellLines.Of).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_OfTheDocuments_IsGoodUsage(string command)
    {
        var parsed = Application.BuildRoot().Parse(ShellLines.Words(command).Skip(1).ToArray(), new ParserConfiguration { ResponseFileTokenReplacer = null });
        Assert.Empty(UsageSentences.Of(parsed));
    }

    [Fact]
    public void Guide_OfTheTool_HasEveryVerbWithEveryOption()
    {
        string guide = Documents.Read("docs/guide/cli.md");
        var sections = guide.Split("\n## ").ToDictionary(section => section.Split('\n')[0].Trim());
        foreach (var verb in VerbList.All.Select(verb => verb.Build()).Where(verb => !verb.Hidden))
        {
            Assert.True(sections.TryGetValue(verb.Name, out string? section), $"docs/guide/cli.md has no section '## {verb.Name}'.");
            foreach (string option in verb.Options.Select(option => option.Name).Where(name => name is not ("--help" or "--json")))
                Assert.True(section.Contains(option, StringComparison.Ordinal), $"docs/guide/cli.md, section {verb.Name}: {option} is missing.");
        }
    }

    [Fact]
    public void FirstCommand_OfTheReadme_GivesTheTimesOfTheReadme()
    {
        string readme = Documents.Read("README.md");
        Assert.Contains("./simul chess", Documents.Blocks("README.md", "sh").First().Text);

        var (code, output, error) = RunLauncher("chess", "--json");
        Assert.True(code == 0, error);
        var runs = JsonDocument.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement.GetProperty("runs").EnumerateArray()
            .ToDictionary(run => run.GetProperty("engine").GetString()!, run => (run.GetProperty("duration_s").GetDouble(), run.GetProperty("last_reply_s").GetDouble()));
        Assert.Equal((43_200, 43_200), runs["sync"]);
        Assert.Equal((3_600, 3_655), runs["loop"]);
        Assert.Equal((1_800, 1_800), runs["threads"]);
        Assert.Equal((1_800, 1_800), runs["processes"]);
        foreach (string time in new[] { "12:00:00", "1:00:00", "1:00:55", "0:30:00" }) Assert.Contains(time, readme);
    }

    private static (int Code, string Output, string Error) RunLauncher(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Documents.Root, "simul"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"./simul {string.Join(' ', arguments)} still runs after {s_patience}.");
        }
        return (process.ExitCode, output.Result, error.Result);
    }
}
