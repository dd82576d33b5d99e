namespace Simul.Cli.Tests;

// A test that needs a terminal, which `script` of util-linux makes.
internal sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute() => Skip = OperatingSystem.IsLinux() && CommandPath.Find("script") is not null ? null : "No `script` on this machine to make a terminal with.";
}
