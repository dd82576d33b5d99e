using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simul.Processes.Payloads;

// Writes an IProgress<T> or a Progress<T> as the number of its link.
internal sealed class ProgressConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && (typeToConvert.GetGenericTypeDefinition() == typeof(IProgress<>) || typeToConvert.GetGenericTypeDefinition() == typeof(Progress<>));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<,>).MakeGenericType(typeToConvert, typeToConvert.GetGenericArguments()[0]))!;

    private sealed class Of<TProgress, T> : JsonConverter<TProgress>
        where TProgress : class, IProgress<T>
    {
        public override void Write(Utf8JsonWriter writer, TProgress value, JsonSerializerOptions options) => writer.WriteNumberValue(ProgressLinks.Add(new ProgressLink<T>(value)));

        public override TProgress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => WorkContext.Current?.Item is Worker.WorkerItem item
            ? (TProgress)(object)new RemoteProgress<T>(item, reader.GetInt32())
            : throw new JsonException("Progress is reported from within an item.");
    }
}
