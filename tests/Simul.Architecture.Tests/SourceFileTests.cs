using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Simul.Architecture.Tests;

// Size and contents of the files in src.
public sealed class SourceFileTests
{
    private const int MostLines = 600;

    // Files with a small second type that means nothing without the first. Everything else: one public type a file.
    private static readonly Dictionary<string, string[]> s_companions = new()
    {
        ["src/Simul/Instrumentation/WorkObserver.cs"] = ["WorkObserver", "WorkEvent", "WorkEnd"],
        ["src/Simul/Executors/WorkItem.cs"] = ["WorkShape", "WorkItem"],
    };

    [Fact]
    public void Files_NoneIs_TooLong() =>
        Findings.None(
            from file in Repository.SourceFiles(Repository.Source)
            let lines = File.ReadLines(file).Count()
            where lines > MostLines
            select $"{Repository.Name(file)}: {lines}",
            $"Files of more than {MostLines} lines; they hold more than one concept");

    [Fact]
    public void Files_Each_DeclaresOnePublicType()
    {
        var crowded = new List<string>();
        foreach (string file in Repository.SourceFiles(Repository.Source))
        {
            var root = CSharpSyntaxTree.ParseText(File.ReadAllText(file), new CSharpParseOptions(LanguageVersion.Preview)).GetRoot();
            var types = root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
                .Where(n => n is BaseTypeDeclarationSyntax { Modifiers: var m } && m.Any(SyntaxKind.PublicKeyword) || n is DelegateDeclarationSyntax { Modifiers: var d } && d.Any(SyntaxKind.PublicKeyword))
                .Select(n => n is BaseTypeDeclarationSyntax type ? type.Identifier.Text : ((DelegateDeclarationSyntax)n).Identifier.Text)
                .Distinct().ToList();
            if (types.Count > 1 && !s_companions.GetValueOrDefault(Repository.Name(file), []).Order().SequenceEqual(types.Order()))
                crowded.Add($"{Repository.Name(file)}: {string.Join(", ", types)}");
        }
        Findings.None(crowded, $"More than one public type a file; split it, or list it in {nameof(SourceFileTests)}");
    }

    [Fact]
    public void Companions_Listed_StillExist() =>
        Findings.None(s_companions.Keys.Where(f => !File.Exists(Path.Combine(Repository.Root, f))), "Listed files that are gone");
}
