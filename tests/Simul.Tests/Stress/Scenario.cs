using System.Text;

namespace Simul.Tests.Stress;

// A play of groups, scopes, locks, semaphores, futures, cancellations, timeouts, generators and greenlets, drawn from a
// seed, that watches over the promises: nothing is lost, nothing is granted twice, no task outlives its group.
internal sealed class Scenario(ulong seed)
{
    private readonly SchedulingPolicy _dice = SchedulingPolicy.SeededRandom(seed * 2 + 1);
    private readonly StringBuilder _trace = new();
    private readonly AsyncLock[] _locks = [new("lock 0"), new("lock 1")];
    private readonly AsyncSemaphore _permits = new(2, maximum: 2, name: "permits");
    private readonly Queue<int> _items = new();
    private readonly AsyncSemaphore _available = new(0, name: "items");
    private readonly object?[] _holders = new object?[2];
    private int _permitsOut, _produced, _consumed, _inFlight, _unset;

    public string Trace => _trace.ToString();

    // Plays it; throws where a promise was broken.
    public static string Play(ulong seed)
    {
        var scenario = new Scenario(seed);
        try
        {
            Run(scenario.MainAsync, o => o with { Scheduling = SchedulingPolicy.SeededRandom(seed) });
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(
                $"Seed {seed} failed: {error.Message}. Replay it with: SIMUL_SEED={seed} dotnet test tests/Simul.Tests -c Release --filter FullyQualifiedName~SeedTests", error);
        }
        return scenario.Trace;
    }

    private async Task MainAsync()
    {
        var loop = EventLoop.Current;
        using (CancelScope.Enter(Sec(10_000)))
        {
            try
            {
                await GroupAsync(0);
            }
            catch (TaskGroupException error)
            {
                Note($"group failed {Count(error)}");
            }
        }
        Require(_inFlight == 0, $"{_inFlight} tasks are alive after their group");
        Require(_holders is [null, null] && _locks.All(l => l.GetStatistics() is { IsHeld: false, CurrentWaiters: 0 }), "a lock was lost");
        Require(_permitsOut == 0 && _permits.GetStatistics() is { CurrentPermits: 2, CurrentWaiters: 0 }, "a permit was lost");
        Require(_available.GetStatistics() is { CurrentWaiters: 0 } left && left.CurrentPermits == _items.Count && _produced == _consumed + _items.Count, "an item was lost");
        Require(EventLoop.CurrentTask.FirstChild is null && loop.GetTaskTree().Children.Count == 1, "the tree is not empty");
        Require(loop.GetStatistics() is { CurrentTimers: 0, TotalInjected: 0 }, "a timer was left, or something came from outside");
        Note($"end at {EventLoop.Now} after {loop.GetStatistics().TotalTurns} turns");
    }

    private static int Count(TaskGroupException error) => error.Errors.Sum(e => e is TaskGroupException inner ? Count(inner) : 1);

    private async Task GroupAsync(int depth)
    {
        int alive = 0;
        LoopTask[] children = [];
        try
        {
            await TaskGroup.RunAsync(async group =>
            {
                children = new LoopTask[2 + Roll(4)];
                for (int i = 0; i < children.Length; i++)
                {
                    var body = Body(depth);
                    children[i] = group.Spawn(async () =>
                    {
                        alive++;
                        _inFlight++;
                        try
                        {
                            await body();
                        }
                        finally
                        {
                            alive--;
                            _inFlight--;
                        }
                    });
                }
                if (Roll(3) == 0) await EventLoop.Delay(Sec(Roll(4)));
                if (Roll(4) == 0) children[Roll(children.Length)].Cancel("by the dice");
                if (Roll(12) == 0) group.Cancel("by the dice");
            }, new TaskGroupOptions { Supervisor = Roll(4) == 0 });
        }
        finally
        {
            Require(alive == 0 && children.All(c => c is null || c.IsCompleted), "a group ended before its children");
        }
    }

    private Func<Task> Body(int depth)
    {
        int kind = Roll(depth < 2 ? 10 : 9), steps = 1 + Roll(3);
        return async () =>
        {
            for (int i = 0; i < steps; i++)
            {
                Note($"{EventLoop.CurrentTask.Name}:{kind}");
                switch (kind)
                {
                    case 0: await EventLoop.Delay(Sec(Roll(5))); break;
                    case 1: await LockAsync(Roll(2)); break;
                    case 2: await PermitAsync(); break;
                    case 3: Produce(); await EventLoop.Yield(); break;
                    case 4: await CancelScope.MoveOnAfterAsync(Sec(1 + Roll(3)), ConsumeAsync); break;
                    case 5: await CancelScope.MoveOnAfterAsync(Sec(Roll(4)), () => LockAsync(Roll(2))); break;
                    case 6: await Generator.RunAsync(Iterate(Roll(2))); break;
                    case 7: await FutureAsync(); break;
                    case 8:
                        if (Roll(8) == 0) await Greenlet.RunAsync(() => Block(Roll(2)));
                        else if (Roll(6) == 0) throw new FormatException("by the dice");
                        else await ShieldedAsync();
                        break;
                    default: await GroupAsync(depth + 1); break;
                }
            }
        };
    }

    private void Enter(int n)
    {
        Require(_holders[n] is null, $"lock {n} was granted twice");
        _holders[n] = EventLoop.CurrentTask;
    }

    private void Leave(int n) => _holders[n] = null;

    private async Task LockAsync(int n)
    {
        using var hold = await _locks[n].LockAsync();
        Enter(n);
        try
        {
            await EventLoop.Delay(Sec(Roll(3)));
        }
        finally
        {
            Leave(n);
        }
    }

    private IEnumerable<Suspend> Iterate(int n)
    {
        yield return Suspend.On(_locks[n].LockAsync(), out var hold);
        using (hold.Value)
        {
            Enter(n);
            try
            {
                yield return Suspend.Yield;
                yield return Suspend.Delay(Sec(1));
            }
            finally
            {
                Leave(n);
            }
        }
    }

    private void Block(int n)
    {
        using var hold = Greenlet.Await(_locks[n].LockAsync());
        Enter(n);
        try
        {
            Greenlet.Yield();
            Greenlet.Delay(Sec(1));
        }
        finally
        {
            Leave(n);
        }
    }

    private async Task PermitAsync()
    {
        await _permits.WaitAsync();
        Require(++_permitsOut <= 2, "a permit was granted twice");
        try
        {
            await EventLoop.Delay(Sec(Roll(3)));
        }
        finally
        {
            _permitsOut--;
            _permits.Release();
        }
    }

    private void Produce()
    {
        _items.Enqueue(_produced++);
        _available.Release();
    }

    private async Task ConsumeAsync()
    {
        await _available.WaitAsync();
        Require(_items.TryDequeue(out int item) && item == _consumed++, "an item came twice or out of order");
    }

    private async Task FutureAsync()
    {
        var future = new Future<int>();
        int expected = ++_unset;
        int called = 0;
        future.OnCompleted(f => Require(++called == 1 && f.Result == expected, "a future called back twice"));
        EventLoop.Current.CallLater(Sec(Roll(3)), () => future.SetResult(expected));
        try
        {
            Require(await future == expected, "a future brought another's result");
        }
        finally
        {
            // Also when cancelled: its timer and its callback come first, so that the count at the end is right.
            using (CancelScope.Enter(shield: true)) await future;
        }
    }

    private async Task ShieldedAsync()
    {
        using var scope = CancelScope.Enter(Roll(2) == 0 ? Sec(1) : null, shield: true);
        try
        {
            await EventLoop.Delay(Sec(Roll(3)));
        }
        catch (OperationCanceledException) when (scope.Token.IsCancellationRequested)
        {
            Require(scope.IsTimedOut, "a shield let a cancellation through");
        }
    }

    private int Roll(int sides) => _dice.Next(sides);

    private void Note(string line) => _trace.Append(EventLoop.Now.Ticks).Append(' ').AppendLine(line);

    private static void Require(bool condition, string broken)
    {
        if (!condition) throw new SimulInternalException(broken);
    }
}
