namespace Simul.Docs.Tests;

// A web application never ends by itself, and the samples have no web framework. So what the documents show of one
// ("csharp web") is part of an application that other tests start and ask: tests/Simul.Web.Fixture.
public sealed class WebSampleTests
{
    private const string Application = "tests/Simul.Web.Fixture/Program.cs";

    public static TheoryData<string> Samples => [.. AllBlocks().Select(block => block.ToString())];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_OfAWebApplication_StandsInTheOneThatIsTested(string sample)
    {
        var application = Lines(Documents.Read(Application)).ToList();
        int at = 0;
        foreach (string line in Lines(AllBlocks().Single(block => block.ToString() == sample).Text))
        {
            // In its order, with more of the application in between.
            int found = application.IndexOf(line, at);
            Assert.True(found >= 0, $"{Application} does not have this line of {sample}, or not at this place:\n{line}");
            at = found + 1;
        }
    }

    private static IEnumerable<FencedBlock> AllBlocks() => Documents.WithSamples.SelectMany(document => Documents.Blocks(document, "csharp web"));

    private static IEnumerable<string> Lines(string text) => text.ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0);
}
