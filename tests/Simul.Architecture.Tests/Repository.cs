using System.Diagnostics;

namespace Simul.Architecture.Tests;

// The repository these tests judge.
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Source { get; } = Path.Combine(Root, "src");

    // Relative to the root, with forward slashes.
    public static string Name(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static IEnumerable<string> SourceFiles(string folder, string pattern = "*.cs") =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Where(f => !IsOutput(f)).Order(StringComparer.Ordinal);

    public static IEnumerable<string> Projects(string folder) => SourceFiles(Path.Combine(Root, folder), "*.csproj");

    // What is or would be committed. Without git (an archive of the sources): every file that is not output.
    public static IReadOnlyList<string> CommittedFiles()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            {
                WorkingDirectory = Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var complaint = git.StandardError.ReadToEndAsync();
            string list = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            complaint.Wait();
            if (git.ExitCode == 0) return [.. list.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(f => Path.Combine(Root, f)).Where(File.Exists)];
        }
        catch (System.ComponentModel.Win32Exception)
        {
        }
        return [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Where(f => !IsOutput(f))];
    }

    private static bool IsOutput(string path) =>
        ('/' + Name(path)).Split('/').Any(part => part is "bin" or "obj" or "artifacts" or "node_modules" or ".git");

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Simul.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests must run inside the repository: no Simul.slnx above them.");
    }
}
