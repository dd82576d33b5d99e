namespace Simul;

/// <summary>What a <see cref="TaskGroup"/> raises when its body or children failed: always this shape, also for one error.</summary>
/// <remarks>Cancelled children are not among the errors.</remarks>
public sealed class TaskGroupException : AggregateException
{
    internal TaskGroupException(string group, IEnumerable<Exception> errors)
        : base($"{group} failed", errors)
    {
    }

    /// <summary>The errors, in the order in which they happened.</summary>
    public IReadOnlyList<Exception> Errors => InnerExceptions;

    /// <summary>For exception filters: <c>catch (TaskGroupException e) when (e.TryGetSingle&lt;IOException&gt;(out var io))</c>.</summary>
    /// <typeparam name="T">The exception type asked for.</typeparam>
    /// <param name="error">The error, when there is exactly one, at any depth of groups, and it is of that type.</param>
    /// <returns>True when there is such an error.</returns>
    public bool TryGetSingle<T>([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? error)
        where T : Exception
    {
        error = null;
        if (Errors.Count != 1) return false;
        if (Errors[0] is T found)
        {
            error = found;
            return true;
        }
        return Errors[0] is TaskGroupException inner && inner.TryGetSingle(out error);
    }
}
