using System.Text.RegularExpressions;

namespace Simul.Docs.Tests;

// Every C# block of the documents compiles without a warning, runs to its end, and prints what its comments promise.
//
// A promise is the comment behind a Console.WriteLine that begins with a figure, with True or False, or with "prints":
//     Console.WriteLine(clock.Elapsed);   // 01:00:55, after a few milliseconds
// What stands behind the first comma is talk.
public sealed partial class SampleTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Samples => [.. AllBlocks().Select(block => block.ToString())];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Sample_OfTheDocuments_CompilesAndKeepsItsPromises(string sample)
    {
        var block = AllBlocks().Single(block => block.ToString() == sample);
        var program = new SampleProgram(block);
        Assert.True(program.Errors.Count == 0, string.Join('\n', program.Errors));
        if (!program.IsProgram) return;

        var printed = (StartsProcesses(block) ? await RunSavedAsync(program) : program.Run(s_patience)).ToList();
        int at = 0;
        foreach (string promise in Promises(block))
        {
            int found = printed.FindIndex(at, line => line == promise || line == promise.Split(',')[0]);
            Assert.True(found >= 0, $"{sample} promises '{promise}' and prints:\n{string.Join('\n', printed)}");
            at = found + 1;
        }
    }

    [Fact]
    public void Documents_Together_MakePromises()
    {
        // The tests above look at whatever is there; this one sees to it that they find it.
        Assert.Contains(AllBlocks(), block => block.Document == "README.md");
        Assert.Contains("01:00:55, after a few milliseconds", AllBlocks().SelectMany(Promises));
    }

    private static bool StartsProcesses(FencedBlock block) =>
        block.Text.Contains("new ProcessExecutor(", StringComparison.Ordinal) || block.Text.Contains("ChildProcess.Start(", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> RunSavedAsync(SampleProgram program)
    {
        using var saved = new SavedProgram(program);
        return await saved.RunAsync(s_patience);
    }

    private static IEnumerable<FencedBlock> AllBlocks() => Documents.WithSamples.SelectMany(document => Documents.Blocks(document, "csharp"));

    private static IEnumerable<string> Promises(FencedBlock block) => Promise().Matches(block.Text).Select(match => match.Groups["text"].Value.Trim());

    [GeneratedRegex(@"Console\.WriteLine\(.*\);\s*//\s*(?:prints\s+(?<text>.+)|(?<text>(?:\d|True\b|False\b).*))$", RegexOptions.Multiline)]
    private static partial Regex Promise();
}
