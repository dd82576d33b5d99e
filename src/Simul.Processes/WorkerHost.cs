using System.Diagnostics;
using Simul.Processes.Launch;
using Simul.Processes.Worker;

namespace Simul;

/// <summary>How worker processes come to their code; and a way to run code inside a process that has another assembly's
/// dependencies and shared frameworks.</summary>
/// <remarks>
/// <para>Most applications need nothing of this: workers are started through <c>Simul.WorkerHost.dll</c>, which lies beside
/// this library.</para>
/// <para>The process of <see cref="CreateStartInfo"/> loads what the target was built against, the target's <c>Main</c> does not run, and a target that exits
/// or crashes takes nobody with it. Executors made in that process, of whatever engine, can run the target's methods; worker
/// processes it starts get the same dependencies.</para>
/// <para>Assemblies the target does not list (ours, for instance) are found beside <c>Simul.WorkerHost.dll</c>.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
public static class WorkerHost
{
    /// <summary>Makes the application's own executable serve as worker. Needed, as the first line of <c>Main</c>, in
    /// applications published as a single file or with their own runtime; harmless in others.</summary>
    /// <example>
    /// <code>if (WorkerHost.RunIfWorker()) return;</code>
    /// </example>
    /// <returns>True when this process was a worker and its work is done; <c>Main</c> must then return. False in the
    /// application itself.</returns>
    public static bool RunIfWorker()
    {
        HostCommand.MainGivesWay = true;
        if (Environment.GetEnvironmentVariable(HostCommand.WorkerVariable) is not { Length: > 0 } description) return false;
        Environment.SetEnvironmentVariable(HostCommand.WorkerVariable, null);
        WorkerEntry.Run(description.Split('\n'));
        return true;
    }

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
        var start = new ProcessStartInfo(command.Executable) { UseShellExecute = false };
        foreach (string argument in command.Arguments(entry.Assembly.Location, entry.FullName!, arguments)) start.ArgumentList.Add(argument);
        start.Environment[HostCommand.Variable] = command.Inherited;
        return start;
    }
}
