using System.Xml.Linq;

namespace Simul.Architecture.Tests;

// The arrows between projects. A project exists only for a third-party dependency, an executable, an analyzer, or what must
// not reach production; and only that project knows the dependency.
public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> s_mayReference = new()
    {
        ["Simul"] = [],
        ["Simul.Analyzers"] = [],
        ["Simul.WorkerHost"] = [],
        ["Simul.Processes"] = ["Simul"],
        ["Simul.Logging"] = ["Simul", "Simul.Processes"],
        ["Simul.Cluster"] = ["Simul", "Simul.Processes"],
        ["Simul.Diagnostics"] = ["Simul"],
        ["Simul.AspNetCore"] = ["Simul", "Simul.Diagnostics"],
        ["Simul.Testing"] = ["Simul"],
        ["Simul.Cli"] = ["Simul", "Simul.Processes", "Simul.Cluster", "Simul.Diagnostics", "Simul.AspNetCore", "Simul.Testing"],
    };

    // Packages and frameworks that only one room knows.
    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["Simul.Logging"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["Simul.Cluster"] = ["RabbitMQ.Client"],
        ["Simul.AspNetCore"] = ["Microsoft.AspNetCore.App"],
        ["Simul.Analyzers"] = ["Microsoft.CodeAnalysis.CSharp", "Microsoft.CodeAnalysis.Analyzers"],
        ["Simul.Cli"] = ["Spectre.Console", "System.CommandLine"],
    };

    public static TheoryData<string> SourceProjects => [.. Repository.Projects("src").Select(Path.GetFileNameWithoutExtension).OfType<string>()];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Project_References_PointDown(string project)
    {
        Assert.True(s_mayReference.TryGetValue(project, out string[]? allowed), $"src/{project} is new: say in {nameof(ProjectTests)} what it may reference.");
        // Built beside it and packed in it, but not referenced: the worker host, the analyzers.
        var references = Items(project, "ProjectReference").Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false").Select(Include);
        Findings.None(references.Select(r => Path.GetFileNameWithoutExtension(r.Replace('\\', '/'))).Except(allowed), $"{project} may not reference");
    }

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Project_Packages_AreItsOwnToKnow(string project)
    {
        var packages = Items(project, "PackageReference").Where(p => (string?)p.Attribute("PrivateAssets") != "all" || project == "Simul.Analyzers").Concat(Items(project, "FrameworkReference"));
        Findings.None(packages.Select(Include).Except(s_mayUse.GetValueOrDefault(project, [])), $"Packages that {project} may not know");
    }

    [Fact]
    public void Solution_EveryProject_IsInIt()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "Simul.slnx"));
        var missing = Repository.Projects("src").Concat(Repository.Projects("tests")).Select(Repository.Name).Where(p => !solution.Contains($"\"{p}\"", StringComparison.Ordinal));
        Findings.None(missing, "Projects that Simul.slnx does not have");
    }

    private static IEnumerable<XElement> Items(string project, string name) =>
        XDocument.Load(Path.Combine(Repository.Source, project, project + ".csproj")).Descendants(name);

    private static string Include(XElement item) => (string)item.Attribute("Include")!;
}
