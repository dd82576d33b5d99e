using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Simul.Processes.Payloads;

// System.Text.Json writes a property without a public setter and passes it over when it reads, so that a copy would silently
// miss it. Of an automatic property the field is known, and is set.
internal static class BackingFields
{
    public static void Restore(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object) return;
        foreach (var property in info.Properties)
        {
            if (property is { Set: null, Get: not null, AttributeProvider: PropertyInfo source } && Of(source) is { } field) property.Set = field.SetValue;
        }
    }

    private static FieldInfo? Of(PropertyInfo property) =>
        property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic);
}
