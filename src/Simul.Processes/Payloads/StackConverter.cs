using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simul.Processes.Payloads;

// System.Text.Json writes a stack from its top and pushes what it reads, so that a copy would be upside down.
internal sealed class StackConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() is var definition && (definition == typeof(Stack<>) || definition == typeof(ConcurrentStack<>));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<,>).MakeGenericType(typeToConvert, typeToConvert.GetGenericArguments()[0]))!;

    private sealed class Of<TStack, T> : JsonConverter<TStack>
        where TStack : class, IEnumerable<T>
    {
        public override void Write(Utf8JsonWriter writer, TStack value, JsonSerializerOptions options)
        {
            T[] items = [.. value];
            Array.Reverse(items);
            JsonSerializer.Serialize(writer, items, options);
        }

        public override TStack? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            (TStack?)Activator.CreateInstance(typeToConvert, JsonSerializer.Deserialize<T[]>(ref reader, options) ?? []);
    }
}
