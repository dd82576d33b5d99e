using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Simul.Architecture.Tests;

// The public surface of each library stands in src/X/PublicApi.txt, so that a change of it shows in the diff.
// UPDATE_PUBLIC_API=1 ./test --filter PublicApi writes the files anew.
public sealed class PublicApiTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private static readonly SymbolDisplayFormat s_format = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted,
        SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints | SymbolDisplayGenericsOptions.IncludeVariance,
        SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeContainingType
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeRef
            | SymbolDisplayMemberOptions.IncludeConstantValue,
        SymbolDisplayDelegateStyle.NameAndSignature,
        SymbolDisplayExtensionMethodStyle.StaticMethod,
        SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeExtensionThis,
        SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
            | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral);

    public static TheoryData<string> Libraries => [.. Repository.Projects("src").Where(IsLibrary).Select(Path.GetFileNameWithoutExtension).OfType<string>()];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void PublicApi_OfALibrary_IsTheReviewedOne(string project)
    {
        string surface = string.Join('\n', Surface(project)) + "\n";
        string file = Path.Combine(Repository.Source, project, "PublicApi.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1") File.WriteAllText(file, surface);
        string reviewed = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (surface == reviewed) return;
        string[] before = reviewed.Split('\n'), now = surface.Split('\n');
        Assert.Fail($"The public surface of {project} has changed. If that is meant: UPDATE_PUBLIC_API=1 ./test --filter PublicApi, and commit the file.\n"
            + string.Join('\n', before.Except(now).Select(l => "- " + l).Concat(now.Except(before).Select(l => "+ " + l))));
    }

    private static bool IsLibrary(string project)
    {
        string text = File.ReadAllText(project);
        return !text.Contains("<OutputType>Exe", StringComparison.Ordinal) && !text.Contains("IsRoslynComponent", StringComparison.Ordinal)
            && !text.Contains("<IsPackable>false", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Surface(string project)
    {
        var lines = new List<(string Type, string Member, string Text)>();
        Add(Library(project).GlobalNamespace, lines);
        // A type, then its members.
        return lines.OrderBy(l => l.Type, StringComparer.Ordinal).ThenBy(l => l.Member, StringComparer.Ordinal).ThenBy(l => l.Text, StringComparer.Ordinal).Select(l => l.Text);
    }

    // The library as it was built, its private members included.
    internal static IAssemblySymbol Library(string project)
    {
        string assembly = Path.Combine(Repository.Source, project, "bin", Configuration, "net10.0", project + ".dll");
        Assert.True(File.Exists(assembly), $"{Repository.Name(assembly)} has not been built.");
        var reference = MetadataReference.CreateFromFile(assembly);
        // Its neighbours in the output folder are what it was compiled against.
        var neighbours = Directory.EnumerateFiles(Path.GetDirectoryName(assembly)!, "*.dll").Where(f => f != assembly).Select(f => MetadataReference.CreateFromFile(f));
        var compilation = CSharpCompilation.Create("surface", references: [.. Compilations.Everything, .. neighbours, reference],
            options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, metadataImportOptions: MetadataImportOptions.All));
        return (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!;
    }

    private static void Add(INamespaceOrTypeSymbol container, List<(string Type, string Member, string Text)> lines)
    {
        foreach (var member in container.GetMembers())
        {
            if (member is INamespaceSymbol space)
            {
                Add(space, lines);
                continue;
            }
            if (member.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal)) continue;
            // Accessors stand with their property or event; what the compiler makes of a record stands with the record.
            if (member is IMethodSymbol { AssociatedSymbol: not null } || member.IsImplicitlyDeclared || IsCompilerMade(member)) continue;
            if (member is INamedTypeSymbol type)
            {
                lines.Add((type.ToDisplayString(), "", Describe(type)));
                Add(type, lines);
            }
            else
            {
                lines.Add((member.ContainingType.ToDisplayString(), member.Name, "  " + member.ToDisplayString(s_format)));
            }
        }
    }

    private static string Describe(INamedTypeSymbol type)
    {
        string modifiers = type.TypeKind is TypeKind.Class or TypeKind.Struct
            ? (type.IsStatic ? "static " : type.IsAbstract ? "abstract " : type is { IsSealed: true, TypeKind: TypeKind.Class } ? "sealed " : "")
            : "";
        var bases = new List<ITypeSymbol>();
        if (type.BaseType is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType or SpecialType.System_Enum) } parent && type.TypeKind != TypeKind.Delegate) bases.Add(parent);
        bases.AddRange(type.Interfaces.Where(i => i.DeclaredAccessibility == Accessibility.Public));
        string inherits = bases.Count == 0 ? "" : " : " + string.Join(", ", bases.Select(b => b.ToDisplayString(s_format.WithKindOptions(SymbolDisplayKindOptions.None))));
        return $"{modifiers}{type.ToDisplayString(s_format)}{inherits}";
    }

    private static bool IsCompilerMade(ISymbol member) =>
        member.Name.Contains('<') || member.GetAttributes().Any(a => a.AttributeClass?.Name == "CompilerGeneratedAttribute");
}
