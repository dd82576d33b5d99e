using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simul.Processes.Payloads;

// Values of the base library that have a text which names them, and that System.Text.Json would take apart instead.
internal static class TextConverters
{
    public static JsonConverter[] All { get; } =
    [
        new Of<BigInteger>(static v => v.ToString(CultureInfo.InvariantCulture), static t => BigInteger.Parse(t, CultureInfo.InvariantCulture)),
        new Of<CultureInfo>(static v => v.Name, CultureInfo.GetCultureInfo),
        new Of<TimeZoneInfo>(static v => v.ToSerializedString(), TimeZoneInfo.FromSerializedString),
        new Of<IPAddress>(static v => v.ToString(), IPAddress.Parse),
        new Of<IPEndPoint>(static v => v.ToString(), IPEndPoint.Parse),
        new Of<Encoding>(static v => v.WebName, Encoding.GetEncoding),
        new Of<Type>(static v => v.AssemblyQualifiedName ?? throw new WorkSerializationException($"{v} is a type parameter and has no name in another process. Pass the type it stands for."), static t => Type.GetType(t, throwOnError: true)!),
    ];

    private sealed class Of<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
        where T : notnull
    {
        // What is declared, and what it is: a boxed IPAddress may be of a class of the library's own.
        public override bool CanConvert(Type typeToConvert) => typeof(T).IsAssignableFrom(typeToConvert) && (typeToConvert == typeof(T) || !typeToConvert.IsVisible);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString()!);
    }
}
