using System.Text.Json;

namespace Simul.Cli.Jobs;

// The assembly a user named.
internal sealed record JobAssembly(string Path)
{
    // A target built for an older runtime must still run on the one this tool needs.
    public bool NeedsRollForward
    {
        get
        {
            string path = System.IO.Path.ChangeExtension(Path, ".runtimeconfig.json");
            if (!File.Exists(path)) return false; // a library: it runs on what the host runs on
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
}
