namespace Simul.Tests.Instrumentation;

public class RecordingTests
{
    [Fact, FifoOrder]
    public void Observer_HearsWhoseStepsRan_InOrder() =>
        Assert.Equal("main 0s, a 0s, b 0s, main 0s, a 1s, a 1s, b 2s, b 2s, main 2s", Recorded(ProgramAsync));

    [Fact]
    public void Observer_InVirtualTime_TheSameProgramGivesTheSameTrace() => Assert.Equal(Recorded(ProgramAsync), Recorded(ProgramAsync));

    [Fact]
    public void Observer_UnderASeed_TheSameSeedGivesTheSameTrace()
    {
        string first = Recorded(CrowdAsync, o => o with { Scheduling = SchedulingPolicy.SeededRandom(7) });
        Assert.Equal(first, Recorded(CrowdAsync, o => o with { Scheduling = SchedulingPolicy.SeededRandom(7) }));
        Assert.NotEqual(first, Recorded(CrowdAsync, o => o with { Scheduling = SchedulingPolicy.SeededRandom(8) }));
    }

    // The tree of tasks, too, is the same byte for byte, with debug mode's times and sites in it.
    [Fact]
    public void TaskTree_InVirtualTime_IsTheSameByteForByte()
    {
        Assert.Equal(Tree(), Tree());

        static string Tree()
        {
            string tree = "";
            Run(() => TaskGroup.RunAsync(async group =>
            {
                for (int i = 0; i < 20; i++)
                {
                    int wait = i * 37 % 11;
                    group.Spawn(() => EventLoop.Delay(Sec(wait)).AsTask(), $"task {i}");
                }
                await EventLoop.Delay(Sec(5));
                tree = EventLoop.Current.GetTaskTree().ToString();
            }), o => o with { Debug = new DebugOptions() });
            return tree;
        }
    }

    [Fact]
    public void Observer_WithDebugMode_HearsTheSame() =>
        Assert.Equal(Recorded(ProgramAsync), Recorded(ProgramAsync, o => o with { Debug = new DebugOptions() }));

    [Fact]
    public void Observer_CallbackThatThrows_TheStepsGoOn()
    {
        List<Exception> unhandled = [];
        string trace = Recorded(async () =>
        {
            EventLoop.Current.CallSoon(() => throw new FormatException());
            await EventLoop.Yield();
            await EventLoop.Yield();
        }, o => o with { UnhandledError = unhandled.Add });
        Assert.Equal("main 0s, main 0s, main 0s, main 0s", trace);
        Assert.Single(unhandled);
    }

    [Fact]
    public void Observer_Recording_AllocatesNothing()
    {
        var observer = new Counter();
        long least = long.MaxValue;
        Run(async () =>
        {
            for (int i = 0; i < 40 && least > 4096; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int step = 0; step < 20_000; step++) await EventLoop.Yield();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        }, o => o with { Observer = observer });
        Assert.True(least <= 4096, $"{least} bytes");
        Assert.True(observer.Steps >= 20_000);
    }

    private static async Task ProgramAsync() => await TaskGroup.RunAsync(async group =>
    {
        group.Spawn(() => EventLoop.Delay(Sec(1)).AsTask(), "a");
        group.Spawn(() => EventLoop.Delay(Sec(2)).AsTask(), "b");
        await EventLoop.Yield();
    });

    private static async Task CrowdAsync() => await TaskGroup.RunAsync(group =>
    {
        for (int i = 0; i < 10; i++) group.Spawn(static async () => await EventLoop.Yield(), $"{i}");
        return Task.CompletedTask;
    });

    private static string Recorded(Func<Task> main, Func<EventLoopOptions, EventLoopOptions>? change = null)
    {
        var steps = new Steps();
        Run(main, o => (change is null ? o : change(o)) with { Observer = steps });
        return string.Join(", ", steps.Lines);
    }

    private sealed class Steps : WorkObserver
    {
        public List<string> Lines { get; } = [];

        public override void Ran(string loop, ReadOnlySpan<LoopStep> steps, TimeSpan start, TimeSpan end)
        {
            foreach (var step in steps) Lines.Add($"{step.TaskName} {end.TotalSeconds}s");
        }
    }

    private sealed class Counter : WorkObserver
    {
        public long Steps { get; private set; }

        public override void Ran(string loop, ReadOnlySpan<LoopStep> steps, TimeSpan start, TimeSpan end) => Steps += steps.Length;
    }
}
