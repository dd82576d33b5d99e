using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simul.Processes.Sharing;

// What travels of a shared object is its handle; the other process opens it while it decodes.
internal sealed class SharedObjectConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeof(SharedObject).IsAssignableFrom(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        if (typeToConvert == typeof(SharedObject))
            throw new NotSupportedException($"A value declared as {typeof(SharedObject)} does not say what it is. Declare it as its own type.");
        return (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;
    }

    private sealed class Of<T> : JsonConverter<T>
        where T : SharedObject, ISharedObject<T>
    {
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(SharedCargo.Load(value).ToString());

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            T.Attach(SharedHandle.Parse(reader.GetString() ?? ""));
    }
}
