using System.Diagnostics;
using Simul.Processes.Launch;

namespace Simul;

/// <summary>Runs code of ours inside a process that has another assembly's dependencies and shared frameworks.</summary>
/// <remarks>
/// <para>The process loads what the target was built against, the target's <c>Main</c> does not run, and a target that exits
/// or crashes takes nobody with it. Executors made in that process, of whatever engine, can run the target's methods; worker
/// processes it starts get the same dependencies.</para>
/// <para>Assemblies the target does not list (ours, for instance) are found beside <c>Simul.WorkerHost.dll</c>.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
public static class WorkerHost
{
    /// <summary>Describes such a process.</summary>
    /// <param name="targetAssembly">The path of an application's or a class library's dll.</param>
    /// <param name="entry">The type that runs there; it has a static method <c>int Run(string[] arguments)</c>.</param>
    /// <param name="arguments">The arguments of <c>Run</c>; its result is the exit code.</param>
    /// <returns>A start description without a shell; redirect streams as needed.</returns>
    /// <exception cref="FileNotFoundException">There is no such assembly.</exception>
    /// <exception cref="WorkerStartException">The host or the dotnet command cannot be found.</exception>
    public static ProcessStartInfo CreateStartInfo(string targetAssembly, Type entry, params string[] arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(targetAssembly);
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(arguments);
        if (!File.Exists(targetAssembly)) throw new FileNotFoundException($"There is no assembly at {targetAssembly}. Build it first, and give the path of its dll.", targetAssembly);
        var command = HostCommand.ForAssembly(targetAssembly);
        var start = new ProcessStartInfo(command.Dotnet) { UseShellExecute = false };
        foreach (string argument in command.Arguments(entry.Assembly.Location, entry.FullName!, arguments)) start.ArgumentList.Add(argument);
        start.Environment[HostCommand.Variable] = command.Inherited;
        return start;
    }
}
