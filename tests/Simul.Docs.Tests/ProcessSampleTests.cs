namespace Simul.Docs.Tests;

// samples/processes: each program prints what stands at its end.
public sealed class ProcessSampleTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly string s_folder = Path.Combine(Documents.Root, "samples", "processes");

    public static TheoryData<string> Programs => [.. Names()];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Program_Run_PrintsWhatStandsAtItsEnd(string program)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(s_folder, program));
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        string[] promised = [.. lines.SkipWhile(line => line != "// prints:").Skip(1).Where(line => line.Length > 0).Select(line => line[3..])];
        Assert.NotEmpty(promised);
        using var saved = new SavedProgram(new SampleProgram(text, program));
        Assert.Equal(promised, await saved.RunAsync(s_patience));
    }

    [Fact]
    public async Task Folder_Readme_ListsEveryProgram()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(s_folder, "README.md"));
        Assert.All(Names(), name => Assert.Contains($"({name})", readme));
    }

    private static IEnumerable<string> Names() => Directory.EnumerateFiles(s_folder, "*.cs").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
