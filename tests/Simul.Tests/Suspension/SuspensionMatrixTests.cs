namespace Simul.Tests.Suspension;

// Any of the four awaits any of the four: a result, a failure, a cancellation, a time limit and a group mean the same in
// every pair.
public class SuspensionMatrixTests
{
    private static readonly string[] s_ways = ["async", "generator", "greenlet", "callbacks"];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            TheoryData<string, string> pairs = [];
            foreach (string outer in s_ways)
            {
                foreach (string inner in s_ways) pairs.Add(outer, inner);
            }
            return pairs;
        }
    }

    public static TheoryData<string> Ways => [.. s_ways];

    // What waits for the time, then fails or has a result; and notes when it is unwound.
    private static ValueTask<int> Inner(string way, TimeSpan time, bool fails, List<string> unwound)
    {
        return way switch
        {
            "async" => new(Async()),
            "generator" => new(Generator.RunAsync<int>(Iterate)),
            "greenlet" => new(Greenlet.RunAsync(Block)),
            _ => Call(),
        };

        static int End(bool fails) => fails ? throw new FormatException() : 7;

        async Task<int> Async()
        {
            try
            {
                await EventLoop.Delay(time);
                return End(fails);
            }
            finally
            {
                unwound.Add(way);
            }
        }

        IEnumerable<Suspend> Iterate(GeneratorResult<int> result)
        {
            try
            {
                yield return Suspend.Delay(time);
                result.Value = End(fails);
            }
            finally
            {
                unwound.Add(way);
            }
        }

        int Block()
        {
            try
            {
                Greenlet.Delay(time);
                return End(fails);
            }
            finally
            {
                unwound.Add(way);
            }
        }

        ValueTask<int> Call()
        {
            var future = new Future<int>();
            unwound.Add(way); // a callback is not unwound; what waits for it is
            if (time == Timeout.InfiniteTimeSpan) return future.WaitAsync();
            EventLoop.Current.CallLater(time, () =>
            {
                if (fails) future.SetException(new FormatException());
                else future.SetResult(7);
            });
            return future.WaitAsync();
        }
    }

    // What waits for another and adds one.
    private static Task<int> Outer(string way, Func<ValueTask<int>> inner)
    {
        return way switch
        {
            "async" => Async(),
            "generator" => Generator.RunAsync<int>(Iterate),
            "greenlet" => Greenlet.RunAsync(() => Greenlet.Await(inner()) + 1),
            _ => Call(),
        };

        async Task<int> Async() => await inner() + 1;

        IEnumerable<Suspend> Iterate(GeneratorResult<int> result)
        {
            yield return Suspend.On(inner(), out var got);
            result.Value = got.Value + 1;
        }

        Task<int> Call()
        {
            var outcome = new Future<int>();
            var wait = inner().GetAwaiter();
            if (wait.IsCompleted) Goon();
            else wait.UnsafeOnCompleted(Goon);
            return outcome.WaitAsync().AsTask();

            void Goon()
            {
                try
                {
                    outcome.TrySetResult(wait.GetResult() + 1);
                }
                catch (Exception error)
                {
                    outcome.TrySetException(error);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Result_OfAny_ReachesAny(string outer, string inner) => Run(async () =>
    {
        List<string> unwound = [];
        Assert.Equal(8, await Outer(outer, () => Inner(inner, Sec(1), fails: false, unwound)));
        Assert.Equal(Sec(1), EventLoop.Now);
        Assert.Equal([inner], unwound);
    });

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Failure_OfAny_ReachesAny(string outer, string inner) => Run(async () =>
    {
        List<string> unwound = [];
        await Raises<FormatException>(() => Outer(outer, () => Inner(inner, Sec(1), fails: true, unwound)));
        Assert.Equal(Sec(1), EventLoop.Now);
        Assert.Equal([inner], unwound);
    });

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Cancel_OfTheTask_UnwindsBoth(string outer, string inner) => Run(async () =>
    {
        List<string> unwound = [];
        LoopTask? task = null;
        await TaskGroup.RunAsync(async group =>
        {
            task = group.Spawn(() => Outer(outer, () => Inner(inner, Timeout.InfiniteTimeSpan, fails: false, unwound)));
            await EventLoop.Delay(Sec(1));
            task.Cancel();
        });
        Assert.Equal(LoopTaskStatus.Cancelled, task!.Status);
        Assert.Equal([inner], unwound);
    });

    [Theory]
    [MemberData(nameof(Pairs))]
    public void TimeLimit_AroundThePair_EndsBoth(string outer, string inner) => Run(async () =>
    {
        List<string> unwound = [];
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(3), () => Outer(outer, () => Inner(inner, Sec(5), fails: false, unwound))));
        Assert.Equal(Sec(3), EventLoop.Now);
        Assert.Equal([inner], unwound);
        await EventLoop.Delay(Sec(1)); // outside, nothing is cancelled
    });

    [Theory]
    [MemberData(nameof(Pairs))]
    public void TimeLimit_BetweenThePair_IsTheOutersToSee(string outer, string inner) => Run(async () =>
    {
        List<string> unwound = [];
        await Raises<TimeoutException>(() => Outer(outer, () => new(CancelScope.TimeoutAfterAsync(Sec(3), async () => await Inner(inner, Sec(5), fails: false, unwound)))));
        Assert.Equal(Sec(3), EventLoop.Now);
        Assert.Equal([inner], unwound);
    });

    [Theory]
    [MemberData(nameof(Pairs))]
    public void SiblingFails_InTheGroup_EndsBoth(string outer, string inner) => Run(async () =>
    {
        List<string> unwound = [];
        LoopTask? pair = null;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            pair = group.Spawn(() => Outer(outer, () => Inner(inner, Sec(5), fails: false, unwound)));
            group.Spawn(() => Outer(inner, () => Inner(outer, Sec(2), fails: true, [])));
            return Task.CompletedTask;
        }));
        Assert.True(error.TryGetSingle<FormatException>(out _));
        Assert.Equal(LoopTaskStatus.Cancelled, pair!.Status);
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.Equal([inner], unwound);
    });

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Nested_FiftyDeep_ResultAndCancellationPassThrough(string outer, string inner) => Run(async () =>
    {
        List<string> unwound = [];
        Assert.Equal(57, await Nest(50, Sec(1)));
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => Nest(50, Timeout.InfiniteTimeSpan)));
        Assert.Equal(2, unwound.Count);

        Task<int> Nest(int depth, TimeSpan time) =>
            Outer(depth % 2 == 0 ? outer : inner, depth == 1 ? () => Inner(inner, time, fails: false, unwound) : () => new(Nest(depth - 1, time)));
    });

    // A group is awaited by each of them, and its children are of any kind.
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Group_AwaitedByAny_WithChildrenOfAnyKind(string outer, string inner) => Run(async () =>
    {
        List<string> unwound = [];
        Assert.Equal(22, await Outer(outer, () => new(TaskGroup.RunAsync(async group =>
        {
            var children = Enumerable.Range(0, 3).Select(i => group.Spawn(async () => await Inner(inner, Sec(i), fails: false, unwound))).ToList();
            int sum = 0;
            foreach (var child in children) sum += await child;
            return sum;
        }))));
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.Equal(3, unwound.Count);
    });

    // Each of them begun inside a scope belongs to it.
    [Theory]
    [MemberData(nameof(Ways))]
    public void Begun_InsideAScope_InheritsIt(string way) => Run(async () =>
    {
        List<string> unwound = [];
        using (var scope = CancelScope.Enter(Sec(2)))
        {
            await Raises<OperationCanceledException>(async () => await Inner(way, Sec(5), fails: false, unwound));
            Assert.True(scope.IsTimedOut);
        }
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.Equal([way], unwound);
    });

    // L12: an AsyncLocal set by the caller is there after each wait, and what is set inside stays inside.
    [Theory]
    [MemberData(nameof(Ways))]
    public void AsyncLocal_FlowsIn_AndNotOut(string way) => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 5 };
        List<int> seen = [];
        await (way switch
        {
            "async" => Async(),
            "generator" => Generator.RunAsync(Iterate()),
            "greenlet" => Greenlet.RunAsync(Block),
            _ => Call(),
        });
        Assert.Equal(5, local.Value);
        Assert.Equal([5, 6, 6], seen);

        void Note(bool first)
        {
            seen.Add(local.Value);
            if (first) local.Value = 6;
        }

        async Task Async()
        {
            for (int i = 0; i < 3; i++)
            {
                Note(i == 0);
                await EventLoop.Delay(Sec(1));
            }
        }

        IEnumerable<Suspend> Iterate()
        {
            for (int i = 0; i < 3; i++)
            {
                Note(i == 0);
                yield return Suspend.Delay(Sec(1));
            }
        }

        void Block()
        {
            for (int i = 0; i < 3; i++)
            {
                Note(i == 0);
                Greenlet.Delay(Sec(1));
            }
        }

        // Each callback registers the next, which takes over what was set by then.
        async Task Call()
        {
            var over = new Future<bool>();
            Step(0);
            await over;

            void Step(int i)
            {
                Note(i == 0);
                if (i == 2) over.SetResult(true);
                else EventLoop.Current.CallLater(Sec(1), () => Step(i + 1));
            }
        }
    });

    // A5, and as an await of EventLoop.Yield does it: a cancellation before the yield or during it is raised.
    [Theory]
    [InlineData("async")]
    [InlineData("generator")]
    [InlineData("greenlet")]
    public void Yield_InACancelledScope_Raises(string way) => Run(async () =>
    {
        foreach (bool before in (bool[])[true, false])
        {
            int turns = 0;
            Assert.True(await CancelScope.RunAsync(scope =>
            {
                if (before) scope.Cancel();
                else EventLoop.Current.CallSoon(() => scope.Cancel());
                return way switch
                {
                    "async" => Async(),
                    "generator" => Generator.RunAsync(Iterate()),
                    _ => Greenlet.RunAsync(Block),
                };
            }));
            Assert.InRange(turns, 1, before ? 1 : 2);

            async Task Async()
            {
                while (turns++ < 10) await EventLoop.Yield();
            }

            IEnumerable<Suspend> Iterate()
            {
                while (turns++ < 10) yield return Suspend.Yield;
            }

            void Block()
            {
                while (turns++ < 10) Greenlet.Yield();
            }
        }
    });
}
