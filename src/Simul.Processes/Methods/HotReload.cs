using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;

[assembly: MetadataUpdateHandler(typeof(Simul.Processes.Methods.HotReload))]

namespace Simul.Processes.Methods;

// Remembers which assemblies were edited while they ran. The runtime calls ClearCache after each edit; the workers load the
// files, which do not have it.
internal static class HotReload
{
    private static readonly ConcurrentDictionary<Assembly, bool> s_changed = new();
    private static volatile bool s_unknown;

    public static bool Changed(Assembly assembly) => s_unknown || (!s_changed.IsEmpty && s_changed.ContainsKey(assembly));

    internal static void ClearCache(Type[]? types)
    {
        if (types is null) s_unknown = true;
        else foreach (var type in types) s_changed[type.Assembly] = true;
    }
}
