namespace Simul;

/// <summary>One thing that a task waits for, and the async methods that wait for it.</summary>
/// <param name="Methods">The methods that await one another, outermost first. Empty where the runtime does not tell.</param>
/// <param name="WaitingFor">What the last of them waits for; null for foreign work.</param>
public sealed record AwaitBranch(IReadOnlyList<string> Methods, string? WaitingFor)
{
    /// <summary>The chain on one line: <c>OuterAsync > InnerAsync > the lock 'x', held by Task 'b'</c>.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => string.Join(" > ", WaitingFor is null ? Methods : [.. Methods, WaitingFor]);
}
