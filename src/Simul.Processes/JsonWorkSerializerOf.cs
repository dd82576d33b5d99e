using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Simul;

/// <summary>Writes values by System.Text.Json with metadata made by the source generator; types the context does not know, by
/// reflection.</summary>
/// <typeparam name="TContext">The context. Its types' metadata is used; the settings are those of
/// <see cref="JsonWorkSerializer"/>.</typeparam>
/// <remarks>Thread safety: all members may be used from any thread.</remarks>
public sealed class JsonWorkSerializer<TContext>() : JsonWorkSerializer(static json => json.TypeInfoResolver = JsonTypeInfoResolver.Combine(new TContext(), json.TypeInfoResolver))
    where TContext : JsonSerializerContext, new();
