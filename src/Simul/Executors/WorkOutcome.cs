namespace Simul;

/// <summary>How one item of a map ended.</summary>
/// <typeparam name="TArg">The input's type.</typeparam>
/// <typeparam name="TResult">The result's type.</typeparam>
/// <param name="Index">The input's position, from 0.</param>
/// <param name="Input">The input.</param>
/// <param name="Result">The result; default when the item failed.</param>
/// <param name="Error">What the item failed with; null when it did not.</param>
public readonly record struct WorkOutcome<TArg, TResult>(long Index, TArg Input, TResult? Result, Exception? Error)
{
    /// <summary>How often the item was tried: 1 where the map has no <see cref="MapOptions.Retry"/>.</summary>
    public int Attempts { get; init; } = 1;
}
