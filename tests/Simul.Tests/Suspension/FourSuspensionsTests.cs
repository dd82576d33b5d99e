namespace Simul.Tests.Suspension;

// The same play in four ways: callbacks, generators, async methods, greenlets. One resource, a wait under it, a wait after
// it; the outcome is the same to the second.
public class FourSuspensionsTests
{
    private const int Boards = 6, Rounds = 3;

    public static TheoryData<string> Ways => ["callbacks", "generators", "async", "greenlets", "mixed"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void SameScenario_SameResult(string way) => Assert.Equal(Expected(), Play(way));

    private static string Expected() => Play("async");

    private static string Play(string way)
    {
        List<string> log = [];
        var took = Run(() => TaskGroup.RunAsync(group =>
        {
            var player = new AsyncLock("player");
            for (int b = 0; b < Boards; b++)
            {
                int board = b;
                string mine = way == "mixed" ? ((string[])["callbacks", "generators", "async", "greenlets"])[b % 4] : way;
                group.Spawn(() => mine switch
                {
                    "callbacks" => Callbacks(player, board, log),
                    "generators" => Generator.RunAsync(Iterate(player, board, log)),
                    "async" => Async(player, board, log),
                    _ => Greenlet.RunAsync(() => Blocking(player, board, log)),
                }, $"board {board}");
            }
            return Task.CompletedTask;
        }));
        return $"{took}: {string.Join(" ", log)}";
    }

    private static void Note(List<string> log, int board) => log.Add($"{board}@{EventLoop.Now.TotalSeconds}");

    private static async Task Async(AsyncLock player, int board, List<string> log)
    {
        for (int i = 0; i < Rounds; i++)
        {
            using (await player.LockAsync())
            {
                await EventLoop.Delay(Sec(5));
                Note(log, board);
            }
            await EventLoop.Delay(Sec(55));
        }
    }

    private static IEnumerable<Suspend> Iterate(AsyncLock player, int board, List<string> log)
    {
        for (int i = 0; i < Rounds; i++)
        {
            yield return Suspend.On(player.LockAsync(), out var hold);
            using (hold.Value)
            {
                yield return Suspend.Delay(Sec(5));
                Note(log, board);
            }
            yield return Suspend.Delay(Sec(55));
        }
    }

    private static void Blocking(AsyncLock player, int board, List<string> log)
    {
        for (int i = 0; i < Rounds; i++)
        {
            using (Greenlet.Await(player.LockAsync()))
            {
                Greenlet.Delay(Sec(5));
                Note(log, board);
            }
            Greenlet.Delay(Sec(55));
        }
    }

    private static Task Callbacks(AsyncLock player, int board, List<string> log)
    {
        var loop = EventLoop.Current;
        var end = new TaskCompletionSource();
        int round = 0;
        void Next()
        {
            if (round++ == Rounds)
            {
                end.SetResult();
                return;
            }
            var wait = player.LockAsync().GetAwaiter();
            if (wait.IsCompleted) Move();
            else wait.OnCompleted(Move);

            void Move()
            {
                var hold = wait.GetResult();
                loop.CallLater(Sec(5), () =>
                {
                    Note(log, board);
                    hold.Dispose();
                    loop.CallLater(Sec(55), Next);
                });
            }
        }
        Next();
        return end.Task;
    }

    // Scopes, timeouts and groups hold across all of them.
    [Theory]
    [InlineData("generators")]
    [InlineData("async")]
    [InlineData("greenlets")]
    public void Timeout_EndsAnyOfThem_WithItsFinallyBlocks(string way) => Run(async () =>
    {
        bool unwound = false;
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(3), () => way switch
        {
            "generators" => Generator.RunAsync(Iterator()),
            "async" => Method(),
            _ => Greenlet.RunAsync(Body),
        }));
        Assert.True(unwound);
        Assert.Equal(Sec(3), EventLoop.Now);

        IEnumerable<Suspend> Iterator()
        {
            try
            {
                while (true) yield return Suspend.Delay(Sec(2));
            }
            finally
            {
                unwound = true;
            }
        }

        async Task Method()
        {
            try
            {
                while (true) await EventLoop.Delay(Sec(2));
            }
            finally
            {
                unwound = true;
            }
        }

        void Body()
        {
            try
            {
                while (true) Greenlet.Delay(Sec(2));
            }
            finally
            {
                unwound = true;
            }
        }
    });

    // A token taken before must not make a failure of the cancellation.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cancelled_WithATokenInUse_CountsAsCancelled(bool greenlet) => Run(async () =>
    {
        LoopTask? task = null;
        Task? inner = null;
        await TaskGroup.RunAsync(async group =>
        {
            task = group.Spawn(() =>
            {
                _ = EventLoop.CurrentTask.Token;
                return inner = greenlet ? Greenlet.RunAsync(() => Greenlet.Delay(Timeout.InfiniteTimeSpan)) : Generator.RunAsync(Iterator());
            });
            await Settle();
            task.Cancel();
        });
        Assert.Equal(LoopTaskStatus.Cancelled, task!.Status);
        Assert.True(inner!.IsCanceled);

        static IEnumerable<Suspend> Iterator()
        {
            yield return Suspend.Delay(Timeout.InfiniteTimeSpan);
        }
    });

    [Theory]
    [InlineData("generators")]
    [InlineData("greenlets")]
    public void Failure_InAGroup_IsTheGroups(string way) => Run(async () =>
    {
        LoopTask? sibling = null;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            sibling = group.Spawn(() => Greenlet.RunAsync(() => Greenlet.Delay(Timeout.InfiniteTimeSpan)));
            group.Spawn(() => way == "generators" ? Generator.RunAsync(Iterator()) : Greenlet.RunAsync(Body));
            return Task.CompletedTask;
        }));
        Assert.True(error.TryGetSingle<FormatException>(out _));
        Assert.Equal(LoopTaskStatus.Cancelled, sibling!.Status);

        static IEnumerable<Suspend> Iterator()
        {
            yield return Suspend.Delay(Sec(1));
            throw new FormatException();
        }

        static void Body()
        {
            Greenlet.Delay(Sec(1));
            throw new FormatException();
        }
    });

    [Fact]
    public void EachOfThem_AwaitsTheOthers() => Run(async () =>
    {
        var future = new Future<int>();
        EventLoop.Current.CallLater(Sec(1), () => future.SetResult(1));
        int got = await Greenlet.RunAsync(() =>
        {
            var task = EventLoop.Current.Spawn(() => AsyncOne());
            Greenlet.Await(Generator.RunAsync(Iterator()));
            return Greenlet.Await(task) + Greenlet.Await(future);
        });
        Assert.Equal(3, got);

        async Task<int> AsyncOne()
        {
            await Greenlet.RunAsync(Greenlet.Yield);
            return await future + 1;
        }

        IEnumerable<Suspend> Iterator()
        {
            yield return Suspend.On(future, out var result);
            Assert.Equal(1, result.Value);
            yield return Suspend.On(EventLoop.Current.Spawn(() => Task.CompletedTask));
            yield return Suspend.On(Task.CompletedTask);
            yield return Suspend.Yield;
        }
    });
}
