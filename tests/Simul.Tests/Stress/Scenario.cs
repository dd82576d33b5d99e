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
    private int _notes;

    private Scenario(ulong seed, bool trace)
    {
        _dice = SchedulingPolicy.SeededRandom(seed * 2 + 1);
        _trace = trace ? new StringBuilder() : null;
        _groups = new GroupAct(this);
        _acts = [.. Few(All()), _groups];
    }

    public static IEnumerable<string> ActNames => new Scenario(0, trace: false).All().Select(act => act.Name);

    private Act[] All() =>
    [
        new DelayAct(this), new LockAct(this), new PermitAct(this), new CapacityAct(this), new TurnstileAct(this), new ReadWriteAct(this),
        new SignalAct(this), new ShelfAct(this), new BarrierAct(this), new ChannelAct(this), new ItemAct(this), new FutureAct(this),
        new TaskAct(this), new GatherAct(this), new ShieldAct(this), new ForeignAct(this), new FailAct(this),
    ];

    // Of all the acts each play has a few, so that its tasks meet in them.
    private IEnumerable<Act> Few(Act[] all)
    {
        int count = 2 + Roll(4);
        for (int i = 0; i < count; i++)
        {
            int chosen = i + Roll(all.Length - i);
            (all[i], all[chosen]) = (all[chosen], all[i]);
            yield return all[i];
        }
    }

    // Plays it on the calling thread; throws where a promise was broken. What happened when is returned if asked for.
    public static string Play(ulong seed, bool trace = false, SchedulingPolicy? order = null)
    {
        var scenario = new Scenario(seed, trace);
        EventLoop.Run(scenario.MainAsync, new EventLoopOptions
        {
            Clock = new VirtualTimeProvider(),
            Scheduling = order ?? SchedulingPolicy.SeededRandom(seed),
            Log = static _ => { },
        });
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
        var act = _acts[Roll(depth < Deepest ? _acts.Length : _acts.Length - 1)]; // the deepest tasks open no groups
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

    private async Task OnceAsync(Act act, int depth)
    {
        // Now and then the step is used up: what need not wait gives up the turn all the same.
        if (Roll(4) == 0) LoopCore.Current!.StepBudget = 1;
        switch (Roll(24))
        {
            case < 4:
                if (await CancelScope.MoveOnAfterAsync(Sec(Roll(4)), () => act.RunAsync(depth))) Note($"{act.Name} moved on");
                break;
            case 4:
                await CancelScope.RunAsync(_ => act.RunAsync(depth), Sec(1 + Roll(4)), shield: true);
                break;
            case 5 or 6:
                await Generator.RunAsync(Iterate(act, depth));
                break;
            case 7 when Roll(3) == 0:
                await Greenlet.RunAsync(() => Greenlet.Await(act.RunAsync(depth)));
                break;
            default:
                await act.RunAsync(depth);
                break;
        }
    }

    private IEnumerable<Suspend> Iterate(Act act, int depth)
    {
        Note($"{act.Name} in a generator");
        yield return Suspend.Yield;
        yield return Suspend.On(act.RunAsync(depth));
    }

    private async Task MainAsync()
    {
        var loop = EventLoop.Current;
        var watch = loop.Spawn(WatchAsync, "watch");
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
        watch.Cancel();
        await watch.WaitAsync();
        await Settle();
        foreach (var act in _acts) act.CheckAtEnd();
        Require(EventLoop.CurrentTask.FirstChild is null && loop.GetTaskTree().Children.Count == 1, "the tree is not empty");
        var statistics = loop.GetStatistics();
        Require(statistics.CurrentTimers == 0, $"{statistics.CurrentTimers} timers are left");
        Require(statistics.TotalInjected == 0, $"{statistics.TotalInjected} entries came from other threads");
        Note($"end after {statistics}");
    }

    // All times are whole seconds. In the middle of one, nobody can go on.
    private async Task WatchAsync()
    {
        await EventLoop.Delay(Sec(0.5));
        while (true)
        {
            foreach (var act in _acts) act.CheckAtRest();
            await EventLoop.Delay(Sec(1));
        }
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

    // Who does what when, and now and then what everybody waits for.
    public void Note(string line)
    {
        if (_trace is null) return;
        _trace.Append(EventLoop.Now.Ticks).Append(' ').Append(EventLoop.CurrentTask.Name).Append(' ').AppendLine(line);
        if (++_notes % 16 == 0) _trace.AppendLine(EventLoop.Current.GetTaskTree().ToString());
    }
}
