using System.Diagnostics;

namespace Simul.Processes.Tests;

// An application published as a single file has no assemblies on disk that a host could load: it is its own worker.
public sealed class SingleFileTests
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <RuntimeIdentifier>$(NETCoreSdkRuntimeIdentifier)</RuntimeIdentifier>
            <SelfContained>false</SelfContained>
            <PublishSingleFile>true</PublishSingleFile>
            <!-- It would be a package to restore; what it finds is not what is tested here. -->
            <EnableSingleFileAnalyzer>false</EnableSingleFileAnalyzer>
          </PropertyGroup>
          <ItemGroup>
            <Reference Include="$(Libraries)/Simul.dll;$(Libraries)/Simul.Processes.dll" />
          </ItemGroup>
        </Project>
        """;

    private const string Program = """
        using Simul;

        if (args is not ["without"] && WorkerHost.RunIfWorker()) return;
        try
        {
            await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, SpareWorkers = 1 });
            int sum = 0;
            await foreach (int square in pool.MapAsync(Enumerable.Range(1, 10), static n => n * n)) sum += square;
            Console.WriteLine(sum);
            Console.WriteLine(await pool.SubmitAsync(static async () => { await Task.Yield(); return Environment.ProcessPath; }) == Environment.ProcessPath);
            try
            {
                await pool.SubmitAsync(static () => { Environment.Exit(3); return 0; });
            }
            catch (WorkerCrashedException crash)
            {
                Console.WriteLine(crash.ExitCode);
            }
            Console.WriteLine(await pool.SubmitAsync(static () => "alive"));
        }
        catch (WorkerStartException refused)
        {
            Console.WriteLine(refused.Message);
        }
        """;

    [Fact]
    public async Task Application_PublishedAsASingleFile_IsItsOwnWorker()
    {
        using var folder = new Folder();
        await File.WriteAllTextAsync(folder["single.csproj"], Project);
        await File.WriteAllTextAsync(folder["Program.cs"], Program);
        string dotnet = Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
        var (code, said) = await RunAsync(dotnet, "publish", folder["single.csproj"], "-c", "Release", "-o", folder["published"], "-v", "q", "--tl:off", "-nodeReuse:false",
            "-p:UseSharedCompilation=false", $"-p:Libraries={Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)}");
        Assert.True(code == 0, said);
        string application = Path.Combine(folder["published"], OperatingSystem.IsWindows() ? "single.exe" : "single");
        Assert.Empty(Directory.GetFiles(folder["published"], "*.dll"));
        Assert.Equal((0, "385 True 3 alive"), await RunAsync(application));

        // And without its line in Main it says what is missing.
        (code, said) = await RunAsync(application, "without");
        Assert.Contains("if (WorkerHost.RunIfWorker()) return;", said);
    }

    // Exit code, and what was written, in one line.
    private static async Task<(int Code, string Text)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }
}
