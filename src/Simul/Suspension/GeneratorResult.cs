using System.Diagnostics;

namespace Simul;

/// <summary>Where a generator leaves its result: an iterator has no <c>return</c> with a value.</summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <remarks>Thread safety: belongs to the loop.</remarks>
/// <example>
/// <code>
/// static IEnumerable&lt;Suspend&gt; Count(int to, GeneratorResult&lt;int&gt; result)
/// {
///     for (int i = 0; i &lt; to; i++) yield return Suspend.Yield;
///     result.Value = to;
/// }
///
/// int counted = await Generator.RunAsync&lt;int&gt;(result => Count(3, result));
/// </code>
/// </example>
[DebuggerDisplay("{HasValue ? \"left\" : \"none yet\",nq}")]
public sealed class GeneratorResult<T>
{
    private T? _value;

    /// <summary>True once a result was left.</summary>
    public bool HasValue { get; private set; }

    /// <summary>The result; the last one left counts.</summary>
    /// <exception cref="InvalidOperationException">None was left yet.</exception>
    public T Value
    {
        get => HasValue ? _value! : throw new InvalidOperationException("The generator has left no result. Set Value before it ends, or before you read it.");
        set
        {
            _value = value;
            HasValue = true;
        }
    }
}
