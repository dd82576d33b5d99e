using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Simul.Processes.Payloads;

// What System.Text.Json knows of itself.
internal static class JsonTypes
{
    private static readonly ConcurrentDictionary<Type, bool> s_own = new();

    // A number, a date and the like, written in a form of its own.
    public static bool HasOwnConverter(Type type) => s_own.GetOrAdd(type, static t => JsonSerializerOptions.Default.GetTypeInfo(t).Kind == JsonTypeInfoKind.None);
}
