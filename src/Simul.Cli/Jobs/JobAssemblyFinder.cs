using System.Diagnostics;
using System.Reflection.PortableExecutable;

namespace Simul.Cli.Jobs;

// ASSEMBLY on the command line: a .dll, or a project file or its folder, which is then built in Release (its messages go to
// standard error).
internal static class JobAssemblyFinder
{
    public static async Task<JobAssembly> FindAsync(string written, CancellationToken token)
    {
        if (Directory.Exists(written)) return await BuildAsync(ProjectIn(written), token);
        if (!File.Exists(written)) throw new UsageException($"There is no assembly {written}.{Near(written)} Name a .dll, a .csproj or a project's folder.");
        if (Path.GetExtension(written).EndsWith("proj", StringComparison.OrdinalIgnoreCase)) return await BuildAsync(written, token);
        string full = Path.GetFullPath(written);
        return IsManaged(full) ? new JobAssembly(full) : throw new UsageException($"{written} is not a .NET assembly. Name the .dll of your project, its .csproj or its folder.");
    }

    private static string ProjectIn(string folder)
    {
        var projects = Directory.GetFiles(folder, "*.*proj").Where(f => Path.GetExtension(f) is ".csproj" or ".fsproj" or ".vbproj").Order(StringComparer.Ordinal).ToArray();
        return projects.Length switch
        {
            1 => projects[0],
            0 => throw new UsageException($"The folder {folder} has no project file. Name a folder with a .csproj, or a .dll."),
            _ => throw new UsageException($"The folder {folder} has {projects.Length} project files: {string.Join(", ", projects.Select(Path.GetFileName))}. Name one of them."),
        };
    }

    private static async Task<JobAssembly> BuildAsync(string project, CancellationToken token)
    {
        var (code, output) = await DotnetAsync(["build", project, "-c", "Release", "-v", "q", "--nologo", "--tl:off"], token);
        if (code != 0)
        {
            Console.Error.Write(output);
            throw new UsageException($"{project} does not build; the messages above say why. Mend it, or name a built .dll.");
        }
        (code, output) = await DotnetAsync(["msbuild", project, "-p:Configuration=Release", "-getProperty:TargetPath", "--nologo"], token);
        string path = output.Trim();
        if (code != 0 || path.Length == 0) throw new UsageException($"{project} builds for more than one framework. Name the .dll that is meant.");
        return File.Exists(path) ? new JobAssembly(path) : throw new UsageException($"{project} was built, but there is no {path}. Name the .dll.");
    }

    private static async Task<(int Code, string Output)> DotnetAsync(string[] arguments, CancellationToken token)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        // The launcher's own build settings must not reach into the user's project.
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start) ?? throw new JobFailure("dotnet could not be started.");
        process.StandardInput.Close();
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(token);
            await process.WaitForExitAsync(token);
            return (process.ExitCode, output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static bool IsManaged(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var image = new PEReader(stream);
            return image.HasMetadata;
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {e.Message}");
        }
    }

    private static string Near(string written)
    {
        string full = Path.GetFullPath(written);
        if (Path.GetDirectoryName(full) is not { } folder || !Directory.Exists(folder)) return "";
        var near = NearestName.Find(Path.GetFileName(full), Directory.EnumerateFileSystemEntries(folder).Select(e => Path.GetFileName(e)!));
        return near.Count > 0 ? $" Did you mean {string.Join(" or ", near.Select(n => Path.Combine(Path.GetDirectoryName(written) ?? "", n)))}?" : "";
    }
}
