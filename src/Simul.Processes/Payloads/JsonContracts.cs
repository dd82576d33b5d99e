using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Simul.Processes.Payloads;

// Finds what System.Text.Json would write and could not read again, or would leave out, before it is sent.
//
// Each type is looked at once. Where nothing in it or below it can be in the way, that is all; else each value is looked
// through, for what cannot travel may well be null, and then it can.
//
// What is certain to be lost is refused. Private fields beside properties are not: most of them are caches, locks and handlers
// of events, which the constructor makes anew; nobody can tell them from the rest.
//
// Thread safety: all members may be used from any thread.
internal sealed class JsonContracts(JsonSerializerOptions options)
{
    private const int Deepest = 64;

    private readonly ConcurrentDictionary<Type, Contract> _contracts = new();
    private readonly ConcurrentDictionary<Type, bool> _suspicious = new();

    public void ThrowIfUnreadable<T>(T value)
    {
        if (IsSuspicious(typeof(T)) && value is not null && FindIn(value, typeof(T), "", 0) is { } obstacle) throw new WorkSerializationException(obstacle);
    }

    // Of all values of the type; what can be null, and what may be empty, is not counted.
    public string? FindObstacle(Type type) => IsSuspicious(type) ? FindIn(type, "", []) : null;

    private string? FindIn(Type type, string path, HashSet<Type> seen)
    {
        if (!seen.Add(type)) return null;
        var contract = ContractOf(type);
        if (contract.Obstacle is { } obstacle) return obstacle(Place(path, type));
        foreach (var property in contract.Properties)
        {
            bool always = property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is null : !property.IsGetNullable;
            if (always && IsSuspicious(property.PropertyType) && FindIn(property.PropertyType, Step(path, type, property), seen) is { } found) return found;
        }
        return null;
    }

    private string? FindIn(object value, Type type, string path, int depth)
    {
        var contract = ContractOf(type);
        if (contract.Obstacle is { } obstacle) return obstacle(Place(path, type));
        if (depth == Deepest) return null; // a cycle is found where it is written
        foreach (var property in contract.Properties)
        {
            if (IsSuspicious(property.PropertyType) && property.Get!(value) is { } part && FindIn(part, property.PropertyType, Step(path, type, property), depth + 1) is { } found) return found;
        }
        if (contract.Element is not { } element || !IsSuspicious(element) || value is not IEnumerable all) return null;
        if (type.IsInterface && value is not ICollection) return null; // what yields would run twice
        int index = 0;
        foreach (object? each in all)
        {
            if (each is not null && FindIn(each, element, $"{(path.Length == 0 ? Name(type) : path)}[{index}]", depth + 1) is { } found) return found;
            index++;
        }
        return null;
    }

    // Whether it, or a type that can be reached from it, has an obstacle.
    private bool IsSuspicious(Type type)
    {
        if (_suspicious.TryGetValue(type, out bool known)) return known;
        var reached = new HashSet<Type>();
        bool found = Reaches(type, reached);
        // All that was reached without finding anything is as innocent; otherwise only the root is known.
        if (!found)
        {
            foreach (var innocent in reached) _suspicious[innocent] = false;
        }
        return _suspicious[type] = found;
    }

    private bool Reaches(Type type, HashSet<Type> reached)
    {
        if (!reached.Add(type)) return false;
        if (_suspicious.TryGetValue(type, out bool known)) return known;
        var contract = ContractOf(type);
        return contract.Obstacle is not null
            || contract.Properties.Any(p => Reaches(p.PropertyType, reached))
            || (contract.Element is { } element && Reaches(element, reached));
    }

    private Contract ContractOf(Type type) => _contracts.GetOrAdd(type, static (t, self) => self.Look(t), this);

    private Contract Look(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return ContractOf(underlying);
        JsonTypeInfo info;
        try
        {
            if ((Homebound.MendOf(type) ?? Homebound.RoomOf(type)) is { } mend && !options.Converters.Any(c => c.CanConvert(type))) return new(place => Homebound.Refuse(place, mend));
            info = options.GetTypeInfo(type);
            switch (info.Kind)
            {
                case JsonTypeInfoKind.Object:
                    return LookAtObject(info);
                case JsonTypeInfoKind.Enumerable:
                    JsonSerializer.Deserialize("[]"u8, info);
                    return new(null) { Element = info.ElementType };
                case JsonTypeInfoKind.Dictionary:
                    JsonSerializer.Deserialize("{}"u8, info);
                    return new(null) { Element = typeof(KeyValuePair<,>).MakeGenericType(info.KeyType!, info.ElementType!) };
                default:
                    return new(null);
            }
        }
        catch (NotSupportedException) when (typeof(IEnumerable).IsAssignableFrom(type))
        {
            return new(static place => $"{place} is a collection that System.Text.Json cannot fill again. Declare it as an array, a List<T> or a Dictionary<TKey, TValue>.");
        }
        catch (Exception error)
        {
            string message = error.Message;
            return new(place => $"{place}: {message}");
        }
    }

    private static Contract LookAtObject(JsonTypeInfo info)
    {
        var type = info.Type;
        bool isAbstract = type.IsAbstract || type.IsInterface;
        if (isAbstract && info.PolymorphismOptions is null)
            return new(place => $"{place} is {(type.IsInterface ? "an interface" : "abstract")}: the other side would not know what to make. Declare the class itself, or annotate it with [JsonPolymorphic] and [JsonDerivedType(..., \"name\")].");
        var properties = info.Properties.Where(static p => p.Get is not null && !p.IsExtensionData && p.CustomConverter is null).ToArray();
        if (isAbstract) return new(null) { Properties = properties };
        if (info.CreateObject is null)
        {
            if (info.ConstructorAttributeProvider is not ConstructorInfo constructor)
                return new(static place => $"{place} has no constructor that could be used: it needs a public one without parameters, or a single public one with parameters named as its properties ([JsonConstructor] chooses among several).");
            var unbound = constructor.GetParameters().FirstOrDefault(p => !info.Properties.Any(q => q.AssociatedParameter?.Name == p.Name));
            if (unbound is not null)
                return new(place => $"{place} has the constructor parameter '{unbound.Name}', and no property of that name and type to fill it from. Add the property, or make it a record.");
        }
        if (IsLost(info)) return new(static place => $"{place} keeps what it is in private fields, which would stay behind. Make them properties, make it a record, or give it a JsonConverter.");
        return new(null) { Properties = properties };
    }

    // Nothing that could be restored, and something that can differ: a field that is written later than in the constructor, or
    // a constructor that takes something.
    private static bool IsLost(JsonTypeInfo info)
    {
        if (info.Properties.Any(static p => p.Set is not null || p.AssociatedParameter is not null)) return false;
        var fields = new List<FieldInfo>();
        for (var type = info.Type; type is not null; type = type.BaseType)
            fields.AddRange(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        if (fields.Count == 0) return false;
        return fields.Any(static f => !f.IsInitOnly) || info.Type.GetConstructors().Any(static c => c.GetParameters().Length > 0);
    }

    private static string Step(string path, Type type, JsonPropertyInfo property) =>
        $"{(path.Length == 0 ? Name(type) : path)}.{(property.AttributeProvider as MemberInfo)?.Name ?? property.Name}";

    private static string Place(string path, Type type) => path.Length == 0 ? $"A value of type {Name(type)}" : $"{path}, of type {Name(type)},";

    private static string Name(Type type) => type.ToString();

    private sealed record Contract(Func<string, string>? Obstacle)
    {
        public JsonPropertyInfo[] Properties { get; init; } = [];

        public Type? Element { get; init; }
    }
}
