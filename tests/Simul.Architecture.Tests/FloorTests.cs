using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Simul.Architecture.Tests;

// The floors inside Simul: a type may use its own floor and those below. Types share one namespace and folders are the
// rooms, so no assembly or namespace rule can say this: the sources are bound, and every name is looked up.
public sealed class FloorTests
{
    // Ground: callbacks and deadlines, no tasks. First: scopes and tasks. Second: what waits in tasks. Third: the public
    // face, which is the root folder, and the executors.
    private static readonly Dictionary<string, int> s_floors = new()
    {
        ["Time"] = 0,
        ["Loop"] = 0,
        ["Instrumentation"] = 0,
        ["Interop"] = 0,
        ["Tasks"] = 1,
        ["Synchronization"] = 2,
        ["Suspension"] = 2,
        ["IO"] = 2,
        ["Executors"] = 3,
        [""] = 3,
    };

    private static readonly string[] s_names = ["ground", "first", "second", "third"];

    [Fact]
    public void Rooms_EveryFolder_HasAFloor()
    {
        var unknown = Compilations.Core.SyntaxTrees.Select(Room).OfType<string>().Distinct().Where(r => !s_floors.ContainsKey(r));
        Findings.None(unknown, $"Folders of src/Simul without a floor; give them one in {nameof(FloorTests)}");
    }

    [Fact]
    public void Floors_EveryReference_LooksLevelOrDown() =>
        Findings.None(ReferencesUp(Compilations.Core, Compilations.Core.SyntaxTrees), "References that look up; move the type, or put an interface on the lower floor");

    // The rule must bite.
    [Fact]
    public void Floors_AReferenceUp_IsFound()
    {
        const string Source = "namespace Simul; internal class Probe { object Up() { var clock = new VirtualTimeProvider(); return typeof(TaskGroup); } }";
        var tree = CSharpSyntaxTree.ParseText(Source, new CSharpParseOptions(LanguageVersion.Preview), "src/Simul/Loop/Probe.cs");
        string finding = Assert.Single(ReferencesUp(Compilations.Core.AddSyntaxTrees(tree), [tree]));
        Assert.Equal("src/Simul/Loop/Probe.cs:1: Loop (ground floor) uses TaskGroup of Tasks (first floor)", finding);
    }

    private static HashSet<string> ReferencesUp(CSharpCompilation compilation, IEnumerable<SyntaxTree> trees)
    {
        var violations = new HashSet<string>();
        Parallel.ForEach(trees, tree =>
        {
            if (Room(tree) is not { } room || !s_floors.TryGetValue(room, out int floor)) return;
            var model = compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                var symbol = model.GetSymbolInfo(name).Symbol ?? model.GetSymbolInfo(name).CandidateSymbols.FirstOrDefault();
                if (TypeOf(symbol) is not { } type || HighestRoom(type) is not { } other || s_floors.GetValueOrDefault(other) <= floor) continue;
                var position = name.GetLocation().GetLineSpan();
                string message = $"{position.Path}:{position.StartLinePosition.Line + 1}: {room} ({s_names[floor]} floor) uses {symbol!.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)} of {(other == "" ? "the root" : other)} ({s_names[s_floors[other]]} floor)";
                lock (violations) violations.Add(message);
            }
        });
        return violations;
    }

    [Fact]
    public void Types_AllParts_AreInOneRoom()
    {
        var spread = AllTypes(Compilations.Core.Assembly.GlobalNamespace)
            .Select(t => (Type: t, Rooms: t.DeclaringSyntaxReferences.Select(r => Room(r.SyntaxTree)).Distinct().ToList()))
            .Where(t => t.Rooms.Count > 1);
        Findings.None(spread.Select(t => $"{t.Type.Name}: {string.Join(", ", t.Rooms)}"), "Types whose parts are in several rooms");
    }

    // The first folder below src/Simul; "" for its root; null for what is not in it.
    private static string? Room(SyntaxTree tree)
    {
        string[] parts = tree.FilePath.Split('/');
        return parts is ["src", "Simul", ..] ? parts.Length > 3 ? parts[2] : "" : null;
    }

    private static INamedTypeSymbol? TypeOf(ISymbol? symbol)
    {
        // A variable of a type is not a use of it beyond those that its declaration shows.
        if (symbol is ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ILabelSymbol or INamespaceSymbol) return null;
        var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
        while (type?.ContainingType is { } outer) type = outer;
        return type?.OriginalDefinition;
    }

    private static string? HighestRoom(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Select(r => Room(r.SyntaxTree)).OfType<string>().OrderByDescending(r => s_floors.GetValueOrDefault(r)).FirstOrDefault();

    private static IEnumerable<INamedTypeSymbol> AllTypes(INamespaceSymbol space) =>
        space.GetTypeMembers().Concat(space.GetNamespaceMembers().SelectMany(AllTypes));
}
