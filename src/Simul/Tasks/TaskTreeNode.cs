using System.Diagnostics;
using System.Text;

namespace Simul;

/// <summary>One task or group of a loop, at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">A task's state; null for a group.</param>
/// <param name="WaitingFor">What it waits for; null when it runs, has not begun or has ended. What waits for nothing of the loop's waits for foreign work, or for its turn.</param>
/// <param name="Children">The groups inside a task, the tasks inside a group.</param>
[DebuggerDisplay("{Line(),nq}")]
public sealed record TaskTreeNode(string Name, LoopTaskStatus? Status, string? WaitingFor, IReadOnlyList<TaskTreeNode> Children)
{
    private const int MostIndents = 60;

    /// <summary>The task's number, unique on its loop; 0 for a group.</summary>
    public int Id { get; init; }

    /// <summary>Since when it waits, on the loop's clock: the end of its last step. Known in debug mode only.</summary>
    public TimeSpan? WaitingSince { get; init; }

    /// <summary>Where it was spawned: method, file and line. Known in debug mode only.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>Whether its checkpoints raise.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>Whether cancellations from outside do not reach it where it waits.</summary>
    public bool IsShielded { get; init; }

    /// <summary>The nearest deadline of the scopes inside it, on the loop's clock; null when there is none.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>What it waits for, with the async methods that await one another from its body down. More than one where it waits
    /// for several things at once.</summary>
    public IReadOnlyList<AwaitBranch> Awaits { get; init; } = [];

    /// <summary>The tree as text: a line for each node, and one for each of its await chains.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        // Tasks may nest deeper than a stack: no recursion.
        var rest = new Stack<(TaskTreeNode Node, int Depth, string Indent, string ChildIndent)>();
        rest.Push((this, 0, "", ""));
        while (rest.TryPop(out var at))
        {
            var (node, depth, indent, childIndent) = at;
            text.Append(indent).AppendLine(node.Line());
            foreach (var branch in node.Awaits)
            {
                if (branch.Methods.Count > 0) text.Append(childIndent).Append(node.Children.Count > 0 ? "│    " : "     ").Append("in ").Append(branch).AppendLine();
            }
            for (int i = node.Children.Count - 1; i >= 0; i--)
            {
                bool last = i == node.Children.Count - 1;
                // Deeper than this a level is told by its number: the indents of a chain of tasks would be longer than all the rest.
                if (depth >= MostIndents) rest.Push((node.Children[i], depth + 1, $"{childIndent}[{depth + 1}] ", childIndent));
                else rest.Push((node.Children[i], depth + 1, childIndent + (last ? "└─ " : "├─ "), childIndent + (last ? "   " : "│  ")));
            }
        }
        return text.ToString().TrimEnd();
    }

    private string Line()
    {
        var line = new StringBuilder(Name);
        if (Status is { } status) line.Append(": ").Append(status);
        if (WaitingFor is not null) line.Append(", waits for ").Append(WaitingFor);
        if (WaitingSince is { } since) line.Append(", since ").Append(since);
        if (IsCancelled) line.Append(", cancelled");
        if (IsShielded) line.Append(", shielded");
        if (Deadline is { } deadline) line.Append(", deadline ").Append(deadline);
        if (CreatedAt is not null) line.Append(" (spawned at ").Append(CreatedAt).Append(')');
        return line.ToString();
    }
}
