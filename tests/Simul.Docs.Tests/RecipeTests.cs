using System.Diagnostics;

namespace Simul.Docs.Tests;

// samples/recipes: what people do with asyncio most, in Python and as a new user's program here. Each pair prints the same, and
// the C# one is no longer.
public sealed class RecipeTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly string s_folder = Path.Combine(Documents.Root, "samples", "recipes");

    // In a folder of its own, with the library beside the program.
    private readonly string _scratch = Directory.CreateTempSubdirectory("simul-recipes-").FullName;

    public static TheoryData<string> Recipes => [.. Names("*.cs")];

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    [Fact]
    public void Recipes_All_AreTenPairs()
    {
        Assert.Equal(10, Names("*.cs").Count());
        Assert.Equal(Names("*.py"), Names("*.cs"));
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task Recipe_Run_PrintsWhatThePythonOnePrints(string recipe)
    {
        string ours = await OutputOf(Start(recipe));
        Assert.NotEmpty(ours);
        if (!HasPython()) return;
        var python = new ProcessStartInfo("python3", ["-u", Path.Combine(s_folder, recipe + ".py")]) { RedirectStandardOutput = true };
        Assert.Equal(await OutputOf(python), ours);
    }

    // Not counted, on either side: comments, imports and directives, and lines without a letter or figure, which are the
    // braces. What is left is what somebody has to think of.
    [Theory]
    [MemberData(nameof(Recipes))]
    public void Recipe_Length_IsAtMostThatOfThePythonOne(string recipe)
    {
        int ours = Count(recipe + ".cs", "//", "#:", "using System", "using Simul;");
        int theirs = Count(recipe + ".py", "#", "import ", "from ");
        Assert.True(ours <= theirs, $"{recipe}.cs has {ours} lines, {recipe}.py {theirs}.");
    }

    // As a user starts it: one command, with what the folder says about building.
    [Fact]
    public async Task Recipe_DotnetRun_BuildsAndRunsTheFile()
    {
        var run = new ProcessStartInfo("dotnet", ["run", "-c", "Release", Path.Combine(s_folder, "01_gather.cs")]) { RedirectStandardOutput = true };
        Assert.Equal("Oslo: sunny\nRome: sunny\nLima: sunny\n", await OutputOf(run));
    }

    private ProcessStartInfo Start(string recipe)
    {
        var program = new SampleProgram(File.ReadAllText(Path.Combine(s_folder, recipe + ".cs")), recipe + ".cs");
        Assert.True(program.Errors.Count == 0, string.Join('\n', program.Errors));
        string path = Path.Combine(_scratch, "Sample.dll");
        program.Save(path);
        string here = AppContext.BaseDirectory;
        File.Copy(Path.Combine(here, "Simul.dll"), Path.Combine(_scratch, "Simul.dll"), overwrite: true);
        return new ProcessStartInfo("dotnet", ["exec", "--runtimeconfig", Path.Combine(here, "Simul.Docs.Tests.runtimeconfig.json"), path]) { RedirectStandardOutput = true };
    }

    // One that serves is told to stop, as by Ctrl+C.
    private static async Task<string> OutputOf(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(s_patience);
        try
        {
            string output = "";
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                output += line + "\n";
                if (line != "serving") continue;
                using var interrupt = Process.Start("kill", ["-INT", $"{process.Id}"]);
                await interrupt.WaitForExitAsync(limit.Token);
            }
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode} after:\n{output}");
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static IEnumerable<string> Names(string pattern) =>
        Directory.EnumerateFiles(s_folder, pattern).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    private static bool HasPython() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "python3")));

    private static int Count(string file, params string[] ceremony) => File.ReadLines(Path.Combine(s_folder, file))
        .Count(line => line.Any(char.IsLetterOrDigit) && !ceremony.Any(start => line.TrimStart().StartsWith(start, StringComparison.Ordinal)));
}
