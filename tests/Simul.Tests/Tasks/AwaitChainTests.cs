namespace Simul.Tests.Tasks;

/// <summary>A stall is only called one where every task is known to wait for the loop's own waits; that is read from the
/// runtime's private fields, so these tests also say whether this runtime still keeps them there.</summary>
public class AwaitChainTests
{
    [Fact]
    public void Run_BodyWaitsThroughAsyncMethods_IsAStall()
    {
        Assert.Throws<LoopStalledException>(() => RunVirtual(OuterAsync));

        static async Task OuterAsync() => await InnerAsync();
        static async Task InnerAsync() => await new Future<int>();
    }

    [Fact]
    public void Run_BodyWaitsThroughAsTask_IsAStall() =>
        Assert.Throws<LoopStalledException>(() => RunVirtual(async () => await new Future<int>().WaitAsync().AsTask()));

    [Fact]
    public void Run_ChildOfAGroupWaitsForEver_IsAStall() => Assert.Throws<LoopStalledException>(() => RunVirtual(() => TaskGroup.RunAsync(group =>
    {
        _ = group.Spawn(async () => await new Future<int>());
        return Task.CompletedTask;
    })));

    [Fact]
    public void Run_GeneratorWaitsForEver_IsAStall()
    {
        Assert.Throws<LoopStalledException>(() => RunVirtual(() => Generator.RunAsync(Wait())));

        static IEnumerable<Suspend> Wait()
        {
            yield return Suspend.On(new Future<int>(), out _);
        }
    }

    [Fact]
    public void Run_GreenletWaitsForEver_IsAStall() =>
        Assert.Throws<LoopStalledException>(() => RunVirtual(() => Greenlet.RunAsync(() => Greenlet.Await(new Future<int>()))));

    [Fact]
    public void Run_ForeignTaskBesideAWaitOfOurs_IsWaitedFor() => RunVirtual(async () =>
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = new Future<int>().WaitAsync().AsTask();
        ThreadPool.QueueUserWorkItem(_ => gate.SetResult());
        await gate.Task;
    });

    [Fact]
    public void Run_ForeignTaskInWhenAllSetsWhatIsWaitedFor_IsWaitedFor() => RunVirtual(async () =>
    {
        var reply = new Future<int>();
        await Task.WhenAll(ForeignAsync(), OursAsync());

        async Task ForeignAsync()
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            ThreadPool.QueueUserWorkItem(_ => gate.SetResult());
            await gate.Task;
            reply.SetResult(1);
        }

        async Task OursAsync() => await reply;
    });

    [Fact]
    public void Run_WhenAnyOfForeignAndOurs_IsWaitedFor() => RunVirtual(async () =>
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.QueueUserWorkItem(_ => gate.SetResult());
        await Task.WhenAny(gate.Task, OursAsync());

        static async Task OursAsync() => await new Future<int>();
    });

    [Fact]
    public void Run_GroupThatNobodyAwaited_ItsChildrenEndBeforeTheLoop()
    {
        bool unwound = false;
        RunVirtual(async () =>
        {
            _ = TaskGroup.RunAsync(async group =>
            {
                _ = group.Spawn(async () =>
                {
                    try
                    {
                        await EventLoop.Delay(TimeSpan.FromHours(1));
                    }
                    finally
                    {
                        using var shield = CancelScope.Enter(shield: true);
                        await EventLoop.Delay(TimeSpan.FromSeconds(1));
                        unwound = true;
                    }
                });
                await EventLoop.Yield();
            });
            await EventLoop.Yield();
            await EventLoop.Yield();
        });
        Assert.True(unwound);
    }

    private static void RunVirtual(Func<Task> main) => EventLoop.Run(main, new EventLoopOptions { Clock = new VirtualTimeProvider() });
}
