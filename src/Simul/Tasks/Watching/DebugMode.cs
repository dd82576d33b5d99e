using System.Runtime.CompilerServices;

namespace Simul;

// Debug mode of one loop: what it knows of tasks, and what it says. The methods that report are in DebugMode.Findings.cs, what
// the watchdog asks in DebugMode.Blocking.cs.
internal sealed partial class DebugMode : IDisposable
{
    private readonly LoopCore _core;
    private readonly Action<string> _log;
    private readonly ConditionalWeakTable<LoopScope, TaskFacts> _facts = [];
    private readonly HashSet<string> _said = []; // owner: the baton holder
    private readonly Lock _gate = new();
    private readonly Watchdog? _watchdog;

    public DebugMode(LoopCore core, DebugOptions options, Action<string> log)
    {
        _core = core;
        _log = log;
        Options = options;
        BlockingWaitListener.Listen();
        _watchdog = Watchdog.For(this, core.Name);
    }

    public DebugOptions Options { get; }

    public void Spawned(LoopTask task)
    {
        if (Options.CreationSites) _facts.GetOrCreateValue(task).CreatedAt = CallSite.OfCaller();
    }

    public TaskFacts? FactsOf(LoopTask task) => _facts.TryGetValue(task, out var facts) ? facts : null;

    // The loop has ended: what nobody asked for until now, nobody ever will.
    public void LoopEnded()
    {
        foreach (var (_, finding) in _lostFutures) Say(finding);
        Dispose();
    }

    public void Dispose()
    {
        BlockingWaitListener.Cease();
        _watchdog?.Dispose();
    }

    private void Say(string finding) => _log($"{_core.Name}: {finding}");

    // Once for each place in the program: it may be passed a million times.
    private void SayOnce(string? site, string finding)
    {
        if (site is null || (_said.Count < MaxRemembered && _said.Add(site))) Say(finding);
    }

    // "Task 'x', spawned at ..."; for what belongs to no task, the loop.
    private string Describe(SynchronizationContext? context) =>
        context is LoopScope { Owner: { } task } ? $"{task.Description}{Spawned(task, ", spawned at ")}" : "a callback of no task";

    private string Spawned(LoopScope task, string before) => _facts.TryGetValue(task, out var facts) && facts.CreatedAt is { } site ? before + site : "";
}
