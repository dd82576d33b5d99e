using System.Reflection;
using System.Runtime.Loader;

namespace Simul.Processes.Methods;

// Folders of assemblies that were loaded by path; their dependencies are looked for beside them.
internal static class AssemblyNeighbours
{
    private static readonly HashSet<string> s_folders = []; // owner: itself as a lock

    private static void Add(string folder)
    {
        lock (s_folders)
        {
            if (s_folders.Count == 0) AssemblyLoadContext.Default.Resolving += Find;
            s_folders.Add(folder);
        }
    }

    public static Assembly FindAssembly(string name, string location)
    {
        try
        {
            return Assembly.Load(Simple(name));
        }
        catch (FileNotFoundException) when (location.Length > 0 && File.Exists(location))
        {
            // Loaded by path over there (a plug-in), so by path here, with its neighbours.
            Add(Path.GetDirectoryName(location)!);
            return AssemblyLoadContext.Default.LoadFromAssemblyPath(location);
        }
    }

    // Its builds are told apart by the module's id, so the name will do; the rest of it has a culture, and reading the first one
    // of these loads the system's library for all of them.
    private static AssemblyName Simple(string name) => name.IndexOf(',') is var end and > 0 && !name.Contains('\\') ? new() { Name = name[..end] } : new(name);

    // A type by its full name, in an assembly that may lie elsewhere.
    public static Type FindType(string name, string location)
    {
        if (Type.GetType(name, throwOnError: false) is { } type) return type;
        if (location.Length > 0 && File.Exists(location)) FindAssembly(AssemblyName.GetAssemblyName(location).FullName, location);
        return Type.GetType(name, throwOnError: true)!;
    }

    private static Assembly? Find(AssemblyLoadContext context, AssemblyName name)
    {
        lock (s_folders)
        {
            foreach (string folder in s_folders)
            {
                string path = Path.Combine(folder, name.Name + ".dll");
                if (File.Exists(path)) return context.LoadFromAssemblyPath(path);
            }
        }
        return null;
    }
}
