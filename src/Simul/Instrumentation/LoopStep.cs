using System.Diagnostics;

namespace Simul;

/// <summary>One callback that a loop ran, as a recorder hears of it: whose it was.</summary>
/// <remarks>One word, since a loop makes millions of them a second; names are looked up when they are asked for. It keeps its
/// task alive. Thread safety: any thread.</remarks>
[DebuggerDisplay("{TaskName,nq} ({TaskId})")]
public readonly struct LoopStep
{
    private readonly object? _context;

    internal LoopStep(object? context) => _context = context;

    /// <summary>The name of the task that ran; the loop's for callbacks that belong to none.</summary>
    public string TaskName => (_context as IStepOwner)?.StepName ?? "callback";

    /// <summary>The task's number, unique on its loop; 0 for callbacks that belong to none.</summary>
    public int TaskId => (_context as IStepOwner)?.StepTask ?? 0;
}
