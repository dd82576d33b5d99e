using System.Text.Json;

namespace Simul.Cli.Jobs;

// The assembly a user named, and what stands beside it.
internal sealed record JobAssembly(string Path)
{
    // Null where there is none: a library has no runtimeconfig, a bare .dll not even a deps file.
    public string? DepsFile => Beside(".deps.json");

    public string? RuntimeConfig => Beside(".runtimeconfig.json");

    // A target built for an older runtime must still run on the one this tool needs.
    public bool NeedsRollForward
    {
        get
        {
            if (RuntimeConfig is not { } path) return false;
            try
            {
                using var document = JsonDocument.Parse(File.ReadAllBytes(path));
                var options = document.RootElement.GetProperty("runtimeOptions");
                var frameworks = options.TryGetProperty("frameworks", out var several) ? several.EnumerateArray().ToArray() : [options.GetProperty("framework")];
                return frameworks.Any(f => Version.TryParse(f.GetProperty("version").GetString()!.Split('-')[0], out var version) && version.Major < Environment.Version.Major);
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
            {
                return false; // the host itself will say what is wrong with it
            }
        }
    }

    private string? Beside(string extension) =>
        System.IO.Path.ChangeExtension(Path, extension) is var file && File.Exists(file) ? file : null;
}
