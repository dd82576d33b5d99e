using System.Text;

namespace Simul;

/// <summary>One task or group of a loop, at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">A task's state; null for a group.</param>
/// <param name="WaitingFor">What it waits for; null when it runs, has not begun or has ended. What waits for nothing of the loop's waits for foreign work, or for its turn.</param>
/// <param name="Children">The groups inside a task, the tasks inside a group.</param>
public sealed record TaskTreeNode(string Name, LoopTaskStatus? Status, string? WaitingFor, IReadOnlyList<TaskTreeNode> Children)
{
    /// <summary>The tree as text, one line a node.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, "", "");
        return text.ToString().TrimEnd();
    }

    private void Append(StringBuilder text, string indent, string childIndent)
    {
        text.Append(indent).Append(Name);
        if (Status is { } status) text.Append(": ").Append(status);
        if (WaitingFor is not null) text.Append(", waits for ").Append(WaitingFor);
        text.AppendLine();
        for (int i = 0; i < Children.Count; i++)
        {
            bool last = i == Children.Count - 1;
            Children[i].Append(text, childIndent + (last ? "└─ " : "├─ "), childIndent + (last ? "   " : "│  "));
        }
    }
}
