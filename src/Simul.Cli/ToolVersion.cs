using System.Reflection;

namespace Simul.Cli;

internal static class ToolVersion
{
    // Without the commit that the build adds behind a plus.
    public static string Text { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
