namespace Simul;

/// <summary>Every task of a loop waits for another one, and nothing is left that could wake any of them.</summary>
public sealed class LoopStalledException : InvalidOperationException
{
    internal LoopStalledException(string loop, TaskTreeNode tree, IReadOnlyList<string> waits, IReadOnlyList<string> cycles)
        : base($"{loop} is stalled: nothing is ready, no timer or I/O is pending, and the main task has not ended. "
            + (cycles.Count == 0 ? "Something that is waited for is never set or released." : $"They wait in a circle: {string.Join(". And: ", cycles)}. Take locks in one order everywhere, or wait with a deadline.")
            + " If another thread will post what is missing, hold the loop open with EventLoop.HoldOpen."
            + Environment.NewLine + tree)
    {
        Tree = tree;
        Waits = waits;
        Cycles = cycles;
    }

    /// <summary>Who waited for what.</summary>
    public TaskTreeNode Tree { get; }

    /// <summary>A sentence for each wait: which task, for what, and who holds it.</summary>
    public IReadOnlyList<string> Waits { get; }

    /// <summary>The circles: tasks that wait for one another, each as the sentences of its waits. Empty when there is none.</summary>
    public IReadOnlyList<string> Cycles { get; }
}
