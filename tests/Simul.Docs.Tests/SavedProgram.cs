using System.Diagnostics;

namespace Simul.Docs.Tests;

// A sample as a program on disk, in a folder of its own with the library beside it, run as a user runs it. What starts worker
// processes has to: they load the program's file.
internal sealed class SavedProgram : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simul-sample-");

    public SavedProgram(SampleProgram program)
    {
        Assert.True(program.Errors.Count == 0, string.Join('\n', program.Errors));
        program.Save(Path.Combine(_folder.FullName, "Sample.dll"));
        string[] beside = ["Simul.*", "Microsoft.Extensions.*.dll"]; // the library, and what its rooms for others' interfaces know
        foreach (string file in beside.SelectMany(static pattern => Directory.EnumerateFiles(AppContext.BaseDirectory, pattern))) File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Simul.Docs.Tests.runtimeconfig.json"), Path.Combine(_folder.FullName, "Sample.runtimeconfig.json"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // Every line it prints, when it has ended well.
    public async Task<IReadOnlyList<string>> RunAsync(TimeSpan patience)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(_folder.FullName, "Sample.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode} after:\n{output}\n{await errors}");
            return output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
