namespace Simul;

// What waits for several async methods at once: whether it can go on by itself depends on each of them.
internal interface IWaitForMany
{
    // The methods that have not ended; null when there are too many to look at.
    IEnumerable<Task>? Methods { get; }
}
