using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Simul.Architecture.Tests;

// Sources, parsed and bound.
internal static class Compilations
{
    // What ImplicitUsings adds to every project.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly Lazy<CSharpCompilation> s_core = new(() => Parse(Path.Combine(Repository.Source, "Simul"), "Simul"));

    // The framework, without the packages and projects that the test host has beside it.
    public static IReadOnlyList<MetadataReference> Framework { get; } = References(path => path.StartsWith(Path.GetDirectoryName(typeof(object).Assembly.Location)!, StringComparison.Ordinal));

    // With ASP.NET Core and packages where the test host has them.
    public static IReadOnlyList<MetadataReference> Everything { get; } = References(_ => true);

    public static CSharpCompilation Core => s_core.Value;

    private static CSharpCompilation Parse(string folder, string name)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = Repository.SourceFiles(folder).Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f), options, Repository.Name(f))).ToList();
        trees.Add(CSharpSyntaxTree.ParseText(ImplicitUsings, options, "usings"));
        return CSharpCompilation.Create(name, trees, Framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    private static IReadOnlyList<MetadataReference> References(Func<string, bool> wanted) =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(wanted).Select(p => MetadataReference.CreateFromFile(p))];
}
