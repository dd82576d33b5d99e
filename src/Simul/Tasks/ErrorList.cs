namespace Simul;

// A group's errors in the order in which they happened, each object once: an awaited child's error comes a second time by its
// awaiter.
internal sealed class ErrorList
{
    private readonly List<Exception> _errors = [];
    private readonly HashSet<Exception> _seen = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<Exception> Errors => _errors;

    public void Add(Exception error)
    {
        if (_seen.Add(error)) _errors.Add(error);
    }
}
