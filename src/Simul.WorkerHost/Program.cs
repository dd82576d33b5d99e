using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Simul.WorkerHost;

// Started as "dotnet exec --depsfile <target's> --runtimeconfig <target's> Simul.WorkerHost.dll <assembly> <type> <arguments>".
// The process then has the target's dependencies and shared frameworks, and the target's Main never runs. The assembly named
// first (for a worker: Simul.Processes) may be missing from the target's dependencies; it is then found beside this file.
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // Before anything of Simul is touched: its assemblies may have to come from here.
        AssemblyLoadContext.Default.Resolving += FindBesideHost;
        if (arguments.Length < 2)
        {
            Console.Error.WriteLine("Simul.WorkerHost is started by Simul: Simul.WorkerHost.dll <assembly> <type> [arguments]");
            return 2;
        }
        return Run(arguments[0], arguments[1], arguments[2..]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Run(string assemblyName, string typeName, string[] arguments)
    {
        var assembly = assemblyName.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(assemblyName))
            : Assembly.Load(new AssemblyName { Name = assemblyName }); // it is a simple one, and need not be parsed
        var entry = assembly.GetType(typeName, throwOnError: true)!
            .GetMethod("Run", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(string[])])
            ?? throw new MissingMethodException(typeName, "Run(string[])");
        return entry.CreateDelegate<Func<string[], int>>()(arguments);
    }

    private static Assembly? FindBesideHost(AssemblyLoadContext context, AssemblyName name)
    {
        string directory = Path.GetDirectoryName(typeof(Program).Assembly.Location)!;
        string path = Path.Combine(directory, name.CultureName is { Length: > 0 } culture ? Path.Combine(culture, name.Name + ".dll") : name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    }
}
