using System.Buffers;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simul.Processes.Payloads;

// Inside of JSON, the bytes of values that System.Text.Json cannot rebuild and a codec can: exceptions, arrays of several
// dimensions, and structs of numbers that show them through methods and getters only (Complex).
internal sealed class CodecConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeof(Exception).IsAssignableFrom(typeToConvert) || PayloadCodecs.IsRawGrid(typeToConvert) || IsOpaque(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    private static bool IsOpaque(Type type)
    {
        if (!type.IsValueType || type.IsPrimitive || type.IsEnum || !PayloadCodecs.IsRaw(type)) return false;
        if (type.IsDefined(typeof(JsonConverterAttribute), inherit: false) || JsonTypes.HasOwnConverter(type)) return false;
        return type.GetFields(BindingFlags.Instance | BindingFlags.Public).Length == 0
            && !type.GetProperties().Any(static p => p.SetMethod is { IsPublic: true })
            && !type.GetConstructors().Any(static c => c.IsDefined(typeof(JsonConstructorAttribute)));
    }

    private sealed class Of<T> : JsonConverter<T>
    {
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            var bytes = new ArrayBufferWriter<byte>(64);
            PayloadCodec<T>.Instance.Write(bytes, value, JsonWorkSerializer.Default);
            writer.WriteBase64StringValue(bytes.WrittenSpan);
        }

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            PayloadCodec<T>.Instance.Read(reader.GetBytesFromBase64(), JsonWorkSerializer.Default);
    }
}
