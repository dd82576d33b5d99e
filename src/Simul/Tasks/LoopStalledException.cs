namespace Simul;

/// <summary>Every task of a loop waits for another one, and nothing is left that could wake any of them.</summary>
public sealed class LoopStalledException : InvalidOperationException
{
    internal LoopStalledException(string loop, TaskTreeNode tree)
        : base($"{loop} is stalled: nothing is ready, no timer or I/O is pending, and the main task has not ended. "
            + "Something that is waited for is never set or released. If another thread will post it, hold the loop open with EventLoop.HoldOpen."
            + Environment.NewLine + tree)
    {
        Tree = tree;
    }

    /// <summary>Who waited for what.</summary>
    public TaskTreeNode Tree { get; }
}
