using System.Text;

namespace Simul.Tests.Stress;

// A play drawn from a seed: groups of tasks that lock, wait, fail and are cancelled, in all four suspensions, on a loop whose
// turns run in an order drawn from the same seed. It watches over the promises: nothing is lost, nothing is granted twice,
// no task outlives its group, and nothing is left at the end.
internal sealed class Scenario
{
    private const int Deepest = 2;

    private readonly SchedulingPolicy _dice;
    private readonly StringBuilder? _trace;
    private readonly Act[] _acts;
    private readonly GroupAct _groups;

    private Scenario(ulong seed, bool trace)
    {
        _dice = SchedulingPolicy.SeededRandom(seed * 2 + 1);
        _trace = trace ? new StringBuilder() : null;
        _groups = new GroupAct(this);
        _acts =
        [
            new DelayAct(this), new LockAct(this), new LockAct(this), new PermitAct(this), new ItemAct(this), new ItemAct(this),
            new FutureAct(this), new TaskAct(this), new ShieldAct(this), new ForeignAct(this), new FailAct(this),
            _groups, // the last one: the deepest tasks leave it out
        ];
    }

    // Plays it on the calling thread; throws where a promise was broken. What happened when is returned if asked for.
    public static string Play(ulong seed, bool trace = false)
    {
        var scenario = new Scenario(seed, trace);
        EventLoop.Run(scenario.MainAsync, new EventLoopOptions { Clock = new VirtualTimeProvider(), Scheduling = SchedulingPolicy.SeededRandom(seed), Log = static _ => { } });
        scenario.CheckThePool();
        return scenario._trace?.ToString() ?? "";
    }

    public static void Require(bool condition, string broken)
    {
        if (!condition) throw new SimulInternalException(broken);
    }

    public int Roll(int sides) => _dice.Next(sides);

    // What one task does: an act or three, each perhaps with little time, behind a shield, or inside a generator or greenlet.
    public Func<Task> Body(int depth)
    {
        var act = _acts[Roll(depth < Deepest ? _acts.Length : _acts.Length - 1)];
        int steps = 1 + Roll(3);
        return async () =>
        {
            for (int i = 0; i < steps; i++)
            {
                Note(act.Name);
                await OnceAsync(act, depth + 1);
            }
        };
    }

    private Task OnceAsync(Act act, int depth) => Roll(24) switch
    {
        < 4 => CancelScope.MoveOnAfterAsync(Sec(Roll(4)), () => act.RunAsync(depth)),
        4 => CancelScope.RunAsync(_ => act.RunAsync(depth), Sec(1 + Roll(4)), shield: true),
        5 or 6 => Generator.RunAsync(Iterate(act, depth)),
        7 when Roll(3) == 0 => Greenlet.RunAsync(() => Greenlet.Await(act.RunAsync(depth))),
        _ => act.RunAsync(depth),
    };

    private static IEnumerable<Suspend> Iterate(Act act, int depth)
    {
        yield return Suspend.Yield;
        yield return Suspend.On(act.RunAsync(depth));
    }

    private async Task MainAsync()
    {
        var loop = EventLoop.Current;
        using (CancelScope.Enter(Sec(10_000)))
        {
            try
            {
                await _groups.RunAsync(0);
            }
            catch (TaskGroupException error)
            {
                if (Broken(error) is { } broken) throw broken;
                Note($"group failed: {error.Message}");
            }
        }
        await Settle();
        foreach (var act in _acts) act.CheckAtEnd();
        Require(EventLoop.CurrentTask.FirstChild is null && loop.GetTaskTree().Children.Count == 1, "the tree is not empty");
        var statistics = loop.GetStatistics();
        Require(statistics.CurrentTimers == 0, $"{statistics.CurrentTimers} timers are left");
        Require(statistics.TotalInjected == 0, $"{statistics.TotalInjected} entries came from other threads");
        Note($"end after {statistics}");
    }

    // The dice may fail a group; everything else that fails one is a broken promise.
    private static Exception? Broken(Exception error) => error switch
    {
        TaskGroupException group => group.Errors.Select(Broken).FirstOrDefault(inner => inner is not null),
        FormatException => null,
        _ => error,
    };

    // Each waiter is in the pool once, and free.
    private void CheckThePool()
    {
        HashSet<Waiter> rented = [];
        for (int i = 0; i < 40; i++)
        {
            var waiter = Waiter.Rent();
            Require(waiter.IsFree && rented.Add(waiter), "a waiter is in the pool twice, or in use");
        }
        foreach (var waiter in rented) waiter.ReturnToPool();
    }

    private void Note(string line)
    {
        if (_trace is null) return;
        _trace.Append(EventLoop.Now.Ticks).Append(' ').Append(EventLoop.CurrentTask.Name).Append(' ').AppendLine(line);
        if (_trace.Length % 8 == 0) _trace.AppendLine(EventLoop.Current.GetTaskTree().ToString());
    }
}
