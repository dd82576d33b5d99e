using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Simul.Architecture.Tests;

// What a public object is, a debugger shows in one line.
public sealed class DebuggerDisplayTests
{
    public static TheoryData<string> Libraries => PublicApiTests.Libraries;

    [Theory]
    [MemberData(nameof(Libraries))]
    public void PublicTypes_WithState_HaveADebuggerDisplay(string project) => Findings.None(
        WithoutDisplay(PublicApiTests.Library(project)), $"Public types of {project} with state and without a DebuggerDisplay, of their own or inherited");

    // The rule must bite.
    [Fact]
    public void PublicTypes_OneWithoutDisplay_IsFound()
    {
        const string Source = """
            using System.Diagnostics;
            public class Bare { private int _state; }
            public struct Auto { public int State { get; } }
            public class Stateless { public int Two => 2; }
            public record Printed(int State);
            [DebuggerDisplay("x")] public class Shown { private int _state; }
            public class Heir : Shown { private int _more; }
            """;
        var compilation = CSharpCompilation.Create("probe", [CSharpSyntaxTree.ParseText(Source)], Compilations.Framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.Equal(["Auto", "Bare"], WithoutDisplay(compilation.Assembly).Order());
    }

    private static IEnumerable<string> WithoutDisplay(IAssemblySymbol assembly) =>
        AllTypes(assembly.GlobalNamespace).Where(t => HasState(t) && !IsShown(t)).Select(t => t.ToDisplayString());

    // Records and enums print themselves; exceptions have their message.
    private static bool HasState(INamedTypeSymbol type) =>
        type is { DeclaredAccessibility: Accessibility.Public, TypeKind: TypeKind.Class or TypeKind.Struct, IsStatic: false }
        && !type.GetMembers().Any(m => m.Name is "<Clone>$" or "PrintMembers") && !SelfAndBases(type).Any(t => t.Name is "Exception" or "Attribute")
        && type.GetMembers().OfType<IFieldSymbol>().Any(f => f is { IsStatic: false, IsConst: false });

    private static bool IsShown(INamedTypeSymbol type) =>
        SelfAndBases(type).Any(t => t.GetAttributes().Any(a => a.AttributeClass?.Name == "DebuggerDisplayAttribute"));

    private static IEnumerable<INamedTypeSymbol> SelfAndBases(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType) yield return t;
    }

    private static IEnumerable<INamedTypeSymbol> AllTypes(INamespaceSymbol space) =>
        space.GetTypeMembers().Concat(space.GetNamespaceMembers().SelectMany(AllTypes));
}
