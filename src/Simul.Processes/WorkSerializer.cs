using System.Buffers;
using Simul.Processes.Payloads;

namespace Simul;

/// <summary>Turns values into bytes and back that are not raw memory anyway: arguments, captured values, results and progress
/// between an application and its worker processes.</summary>
/// <remarks>
/// <para>Numbers, structs and arrays without references, strings and lists of such values never come here; they are copied as
/// they lie in memory. Shared objects, <see cref="IProgress{T}"/> and exceptions do not either, unless they lie inside of a value.</para>
/// <para>The worker makes a serializer of the same type, so the type needs a public parameterless constructor, and settings
/// belong into the type. <see cref="JsonWorkSerializer"/> is the default, and can be derived from.</para>
/// <para>Errors: what it throws becomes the inner exception of a <see cref="WorkSerializationException"/>.</para>
/// <para>Thread safety: all members must be usable from several threads at once.</para>
/// </remarks>
/// <example>
/// <code>
/// sealed class PackSerializer : WorkSerializer
/// {
///     public override void Write&lt;T&gt;(IBufferWriter&lt;byte&gt; target, T value) => MessagePackSerializer.Serialize(target, value);
///     public override T Read&lt;T&gt;(ReadOnlySpan&lt;byte&gt; bytes) => MessagePackSerializer.Deserialize&lt;T&gt;(bytes.ToArray());
/// }
/// </code>
/// </example>
public abstract class WorkSerializer
{
    /// <summary>Writes a value under its declared type.</summary>
    /// <typeparam name="T">The declared type, which the other side knows, too.</typeparam>
    /// <param name="target">Takes the bytes.</param>
    /// <param name="value">The value; it may be null.</param>
    public abstract void Write<T>(IBufferWriter<byte> target, T value);

    /// <summary>Reads a value.</summary>
    /// <typeparam name="T">The declared type it was written under.</typeparam>
    /// <param name="bytes">What was written, and nothing else. They do not last longer than the call.</param>
    /// <returns>The value.</returns>
    public abstract T Read<T>(ReadOnlySpan<byte> bytes);

    // What is known to be in the way of every value of a type that is not null; null if nothing is.
    internal virtual string? FindObstacle(Type type) => null;

    // For options: what cannot be made again in a worker is refused where it is set.
    internal static WorkSerializer Checked(WorkSerializer value, string option)
    {
        ArgumentNullException.ThrowIfNull(value, option);
        SerializerReference.Check(value.GetType(), option);
        return value;
    }
}
