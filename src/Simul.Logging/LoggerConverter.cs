using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Simul.Logging.Entries;
using Simul.Logging.Home;
using Simul.Logging.Remote;

namespace Simul;

/// <summary>Lets loggers travel to worker processes: an <see cref="ILogger"/>, <see cref="ILogger{T}"/>, <see cref="Logger{T}"/> or
/// <see cref="ILoggerFactory"/> that is an item's argument, is captured by a lambda or by an initializer, or lies inside of these.
/// For a <see cref="JsonWorkSerializer"/> of your own; <see cref="LoggingWorkSerializer"/> has it.</summary>
/// <remarks>
/// <para>The worker gets a logger that sends what is logged to the one here: level, event id, message, exception, the state's
/// names and values, the scopes. Values that are numbers, texts, times, or collections of such travel as they are, all others as
/// their text. The outermost scope of each entry names the worker (<c>Worker</c>, <c>ProcessId</c>).</para>
/// <para>Levels: those that the logger has disabled when it is sent cost nothing in the worker. A factory's rules for a category
/// are known here only, so its loggers send everything.</para>
/// <para>Ordering: as an <see cref="IProgress{T}"/>, which it is underneath: in the order in which they were logged, one after the
/// other on the thread pool, in the submitter's execution context (its scopes and its activity), before the item's outcome. What
/// is logged after the item's end goes nowhere; a logger of the initializer is good for as long as its worker lives,
/// and stands in nobody's context.</para>
/// <para>Errors: what a logger here throws is written to standard error, the first time. A slow one slows the item down, once 4 MB wait.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// sealed class OurJson() : JsonWorkSerializer(json =>
/// {
///     json.Converters.Add(new MoneyConverter());
///     json.Converters.Add(new LoggerConverter());
/// });
/// </code>
/// </example>
public sealed class LoggerConverter : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert)
    {
        ArgumentNullException.ThrowIfNull(typeToConvert);
        return typeToConvert == typeof(ILogger) || typeToConvert == typeof(ILoggerFactory)
            || (typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() is var definition && (definition == typeof(ILogger<>) || definition == typeof(Logger<>)));
    }

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(typeToConvert);
        if (typeToConvert == typeof(ILogger)) return new OfLogger();
        if (typeToConvert == typeof(ILoggerFactory)) return new OfFactory();
        var converter = typeToConvert.GetGenericTypeDefinition() == typeof(ILogger<>) ? typeof(OfInterface<>) : typeof(OfClass<>);
        return (JsonConverter)Activator.CreateInstance(converter.MakeGenericType(typeToConvert.GetGenericArguments()))!;
    }

    // [levels, link]; the link is null where no level is enabled.
    private abstract class Of<T> : JsonConverter<T>
        where T : class
    {
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            var levels = LevelsOf(value);
            writer.WriteStartArray();
            writer.WriteNumberValue(levels.Bits);
            try
            {
                if (levels.Any) Link(options).Write(writer, ReceiverOf(value), options);
                else writer.WriteNullValue();
            }
            catch (WorkSerializationException refused)
            {
                throw new WorkSerializationException("A logger goes from the submitter to the worker, and its entries come back: it can be an argument or a captured variable of an executor's item or initializer, and nothing else.", refused);
            }
            writer.WriteEndArray();
        }

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("This is no logger.");
            reader.Read();
            var levels = new LevelSet(reader.GetByte());
            reader.Read();
            var link = reader.TokenType == JsonTokenType.Null ? null : Link(options).Read(ref reader, typeof(IProgress<byte[]>), options);
            reader.Read();
            return Make(new ProgressLine(link, levels));
        }

        protected abstract LevelSet LevelsOf(T value);

        protected abstract IProgress<byte[]> ReceiverOf(T value);

        protected abstract T Make(ProgressLine line);

        private static JsonConverter<IProgress<byte[]>> Link(JsonSerializerOptions options) => (JsonConverter<IProgress<byte[]>>)options.GetConverter(typeof(IProgress<byte[]>));
    }

    private abstract class OfOne<T> : Of<T>
        where T : class, ILogger
    {
        protected override LevelSet LevelsOf(T value) => LevelSet.Of(value);

        protected override IProgress<byte[]> ReceiverOf(T value) => new LogReceiver(_ => value);
    }

    private sealed class OfLogger : OfOne<ILogger>
    {
        protected override ILogger Make(ProgressLine line) => new RemoteLogger(line, category: null);
    }

    private sealed class OfInterface<T> : OfOne<ILogger<T>>
    {
        protected override ILogger<T> Make(ProgressLine line) => new RemoteLogger<T>(line);
    }

    private sealed class OfClass<T> : OfOne<Logger<T>>
    {
        protected override Logger<T> Make(ProgressLine line) => new(new RemoteLoggerFactory(line, oneLogger: true));
    }

    private sealed class OfFactory : Of<ILoggerFactory>
    {
        protected override LevelSet LevelsOf(ILoggerFactory value) => value is NullLoggerFactory ? default : LevelSet.All;

        protected override IProgress<byte[]> ReceiverOf(ILoggerFactory value) => new LogReceiver(category => value.CreateLogger(category ?? ""));

        protected override ILoggerFactory Make(ProgressLine line) => new RemoteLoggerFactory(line, oneLogger: false);
    }
}
