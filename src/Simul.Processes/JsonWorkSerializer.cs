using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Simul.Processes.Payloads;

namespace Simul;

/// <summary>Writes values by System.Text.Json: the default serializer of worker processes.</summary>
/// <remarks>
/// <para>What the settings are: fields count (value tuples consist of nothing else), NaN and the infinities are numbers,
/// automatic properties are restored also where their setter is private or missing, and values may be 512 levels deep.
/// Exceptions, types, cultures, big integers, network addresses and arrays of several dimensions are understood.</para>
/// <para>Before a value is written it is checked that it can be read again; a value that cannot is refused with the path of
/// the property in the way.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// sealed class OurJson() : JsonWorkSerializer(json => json.Converters.Add(new MoneyConverter()));
///
/// await using var engine = new ProcessExecutor(new ProcessExecutorOptions { Serializer = new OurJson() });
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public class JsonWorkSerializer : WorkSerializer
{
    private Settings? _settings; // with the defaults: made when first used, because a worker may never need them

    /// <summary>Makes one with the default settings.</summary>
    public JsonWorkSerializer()
    {
    }

    /// <summary>Makes one with other settings.</summary>
    /// <param name="configure">Changes the default settings: adds converters, a resolver, another naming policy. Converters
    /// added here go before Simul's own.</param>
    protected JsonWorkSerializer(Action<JsonSerializerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _settings = new Settings(configure);
    }

    internal static JsonWorkSerializer Default { get; } = new();

    /// <inheritdoc/>
    /// <exception cref="WorkSerializationException">The value cannot be read again, or refers back to itself.</exception>
    public override void Write<T>(IBufferWriter<byte> target, T value)
    {
        var (options, contracts) = (Use.Options, Use.Contracts);
        contracts.ThrowIfUnreadable(value);
        using var writer = new Utf8JsonWriter(target, new JsonWriterOptions { SkipValidation = true, MaxDepth = options.MaxDepth });
        try
        {
            JsonSerializer.Serialize(writer, value, options);
        }
        catch (JsonException cycle) when (cycle.Message.Contains("cycle", StringComparison.Ordinal))
        {
            throw new WorkSerializationException(
                $"A {typeof(T)} refers back to itself, or is more than {options.MaxDepth} levels deep: {Shorten(cycle.Path)}. Mark the way back with [JsonIgnore], or give the options a {nameof(JsonWorkSerializer)} with ReferenceHandler.Preserve.", cycle);
        }
    }

    /// <inheritdoc/>
    public override T Read<T>(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<T>(bytes, Use.Options)!;

    /// <summary>Its name in errors.</summary>
    /// <returns>System.Text.Json, and the type's name of one that was derived.</returns>
    public override string ToString() => GetType() == typeof(JsonWorkSerializer) ? "System.Text.Json" : $"System.Text.Json ({GetType().Name})";

    internal override string? FindObstacle(Type type) => Use.Contracts.FindObstacle(type);

    private Settings Use => _settings ?? Interlocked.CompareExchange(ref _settings, new(static _ => { }), null) ?? _settings;


    // The path to the place where it was given up is as deep as the limit, and says the same over and over.
    private static string Shorten(string? path) => path is { Length: > 60 } ? $"{path[..60]}..." : path ?? "$";

    private sealed class Settings
    {
        public Settings(Action<JsonSerializerOptions> configure)
        {
            Options = new JsonSerializerOptions
            {
                IncludeFields = true,
                NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
                MaxDepth = 512,
                TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { BackingFields.Restore } },
            };
            configure(Options);
            Options.Converters.Add(new ProgressConverter());
            Options.Converters.Add(new CodecConverter());
            Options.Converters.Add(new StackConverter());
            foreach (var text in TextConverters.All) Options.Converters.Add(text);
            Options.MakeReadOnly();
            Contracts = new JsonContracts(Options);
        }

        public JsonSerializerOptions Options { get; }

        public JsonContracts Contracts { get; }
    }
}
