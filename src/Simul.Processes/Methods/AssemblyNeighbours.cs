using System.Reflection;
using System.Runtime.Loader;

namespace Simul.Processes.Methods;

// Folders of assemblies that were loaded by path; their dependencies are looked for beside them.
internal static class AssemblyNeighbours
{
    private static readonly HashSet<string> s_folders = []; // owner: itself as a lock

    public static void Add(string folder)
    {
        lock (s_folders)
        {
            if (s_folders.Count == 0) AssemblyLoadContext.Default.Resolving += Find;
            s_folders.Add(folder);
        }
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
