namespace Simul.Processes.Worker;

// Whether somebody in this process may listen to spans: only who has loaded the library of tracing can. Asking that library
// itself would load it, and make its event source, which is a tenth of a worker's way to its first result.
internal static class Tracers
{
    private static volatile bool s_loaded; // set once

    public static bool MayListen => s_loaded;

    public static void Watch()
    {
        AppDomain.CurrentDomain.AssemblyLoad += static (_, loaded) => Look(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies()) Look(assembly);
    }

    private static void Look(System.Reflection.Assembly assembly)
    {
        if (assembly.FullName?.StartsWith("System.Diagnostics.DiagnosticSource,", StringComparison.Ordinal) == true) s_loaded = true;
    }
}
