using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Simul.Architecture.Tests;

// The analyzer ignores an entry with a typo, and every overload has to be named.
public sealed class BannedSymbolTests
{
    private static readonly CSharpCompilation s_framework = CSharpCompilation.Create("framework", references: Compilations.Framework);

    private static string[] Entries => [.. File.ReadAllLines(Path.Combine(Repository.Root, "eng", "BannedSymbols.txt"))
        .Where(l => l.Length > 0 && !l.StartsWith("//", StringComparison.Ordinal)).Select(l => l.Split(';')[0].Trim())];

    [Fact]
    public void Entries_Each_NamesSomethingThatExists()
    {
        Assert.NotEmpty(Entries);
        Findings.None(Entries.Where(e => DocumentationCommentId.GetSymbolsForDeclarationId(e, s_framework).IsEmpty), "Entries that name nothing, and so ban nothing");
    }

    [Fact]
    public void Entries_Each_SaysWhatToUseInstead() =>
        Findings.None(
            File.ReadAllLines(Path.Combine(Repository.Root, "eng", "BannedSymbols.txt"))
                .Where(l => l.Length > 0 && !l.StartsWith("//", StringComparison.Ordinal) && l.Split(';') is not [_, { Length: > 5 }]),
            "Entries without a remedy behind the semicolon");

    [Theory]
    [InlineData("System.Threading.Thread", "Sleep")]
    public void Overloads_OfABannedMethod_AreAllBanned(string type, string method)
    {
        var overloads = s_framework.GetTypeByMetadataName(type)!.GetMembers(method).Select(m => m.GetDocumentationCommentId()!);
        Findings.None(overloads.Except(Entries), "Overloads that are not banned");
    }
}
