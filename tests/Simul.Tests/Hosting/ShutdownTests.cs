using System.Collections.Concurrent;

namespace Simul.Tests.Hosting;

// The order in which a loop ends. A98, A102
public class ShutdownTests
{
    [Fact]
    public void Order_MainThenTasksThenResourcesThenExecutorsThenTheLastPosts()
    {
        var log = new ConcurrentQueue<string>();
        Run(async () =>
        {
            var loop = EventLoop.Current;
            var executor = loop.Own(new TestExecutor(() =>
            {
                log.Enqueue("executor");
                loop.Post(() => log.Enqueue("post")); // the loop still listens
                return default;
            }));
            loop.Own(new Resource(() => log.Enqueue("resource")));
            loop.Spawn(async () =>
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    using var shield = CancelScope.Enter(shield: true);
                    Assert.Equal(1, await executor.SubmitAsync(() => 1)); // unwinding tasks still have their executors
                    await EventLoop.Delay(Sec(1));
                    log.Enqueue("task");
                }
            });
            await EventLoop.Yield();
            log.Enqueue("main");
        });
        Assert.Equal(["main", "task", "resource", "executor", "post"], log);
    }

    [Fact]
    public void Executors_EndTogether_NotOneAfterTheOther() => Assert.Equal(Sec(3), Run(() =>
    {
        var loop = EventLoop.Current;
        for (int i = 0; i < 3; i++) loop.Own(new TestExecutor(async () => await Task.Delay(Sec(3), loop.TimeProvider)));
        return Task.CompletedTask;
    }));

    [Fact]
    public void Executor_ThatFails_IsReported_AndTheOthersEnd()
    {
        bool ended = false;
        Assert.Throws<FormatException>(() => Run(() =>
        {
            EventLoop.Current.Own(new TestExecutor(() => throw new FormatException()));
            EventLoop.Current.Own(new TestExecutor(() =>
            {
                ended = true;
                return default;
            }));
            return Task.CompletedTask;
        }));
        Assert.True(ended);
    }

    [Fact]
    public void Executor_ThatDoesNotEnd_IsLeftBehindAfterItsTime_WithAWarning()
    {
        var never = new TaskCompletionSource();
        var log = new BlockingCollection<string>();
        var took = Run(() =>
        {
            EventLoop.Current.Own(new TestExecutor(() => new ValueTask(never.Task)));
            return Task.CompletedTask;
        }, options => options with { Log = log.Add, ExecutorShutdownTimeout = TimeSpan.FromMilliseconds(20) });
        Assert.Equal(TimeSpan.Zero, took); // the limit is real time
        Assert.True(log.TryTake(out string? warning));
        Assert.Contains("00:00:00.02", warning, StringComparison.Ordinal);
        Assert.Contains("test", warning, StringComparison.Ordinal);
        never.SetException(new FormatException("too late"));
        string? late;
        do Assert.True(log.TryTake(out late, Sec(60)));
        while (!late.Contains("too late", StringComparison.Ordinal));
    }

    [Fact]
    public void ExecutorShutdownTimeout_IsFiveMinutes_AndCanBeChosen()
    {
        Assert.Equal(TimeSpan.FromMinutes(5), new EventLoopOptions().ExecutorShutdownTimeout);
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => new EventLoopOptions { ExecutorShutdownTimeout = Sec(-2) }), "negative", "InfiniteTimeSpan");
        Assert.Equal(Timeout.InfiniteTimeSpan, new EventLoopOptions { ExecutorShutdownTimeout = Timeout.InfiniteTimeSpan }.ExecutorShutdownTimeout);
    }

    [Fact]
    public void ErrorsOfAllPhases_ComeOutTogether()
    {
        var error = Assert.Throws<AggregateException>(() => Run(async () =>
        {
            EventLoop.Current.Own(new TestExecutor(() => throw new InvalidDataException()));
            EventLoop.Current.Spawn(async () =>
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    throw new FormatException();
                }
            });
            await EventLoop.Yield();
            throw new NotSupportedException();
        }));
        Assert.Equal([typeof(NotSupportedException), typeof(FormatException), typeof(InvalidDataException)], error.InnerExceptions.Select(e => e.GetType()));
    }

    [Fact]
    public void ExecutorTakenBack_IsLeftAlone() => Run(() =>
    {
        var executor = EventLoop.Current.Own(new TestExecutor(() => throw new FormatException()));
        Assert.True(EventLoop.Current.Disown(executor));
        Assert.False(EventLoop.Current.Disown(executor));
        return Task.CompletedTask;
    });

    [Fact]
    public void ExecutorThatComesWhileOthersEnd_EndsToo()
    {
        bool ended = false;
        Run(() =>
        {
            var loop = EventLoop.Current;
            loop.Own(new TestExecutor(() =>
            {
                loop.Own(new TestExecutor(() =>
                {
                    ended = true;
                    return default;
                }));
                return default;
            }));
            return Task.CompletedTask;
        });
        Assert.True(ended);
    }

    // A98: errors of hanging tasks reach the handler.
    [Fact]
    public void HangingTaskThatFails_ReachesTheHandler_AndItsCancellationDoesNot()
    {
        List<Exception> seen = [];
        Run(async () =>
        {
            EventLoop.Current.Spawn(async () => await EventLoop.Delay(Timeout.InfiniteTimeSpan));
            EventLoop.Current.Spawn(async () =>
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    throw new FormatException();
                }
            });
            await EventLoop.Yield();
        }, options => options with { UnhandledError = seen.Add });
        Assert.IsType<FormatException>(Assert.Single(seen));
    }

    // A11
    [Fact]
    public void PostsThatCameBeforeTheEnd_Run_AndLaterOnesAreRefused()
    {
        EventLoop? loop = null;
        int ran = 0;
        Run(() =>
        {
            loop = EventLoop.Current;
            for (int i = 0; i < 10; i++) loop.Post(() => ran++);
            return Task.CompletedTask;
        });
        Assert.Equal(10, ran);
        Assert.Throws<EventLoopClosedException>(() => loop!.Post(() => { }));
    }

    [Fact]
    public void SpawnedWhileUnwinding_IsCancelledWithoutRunning()
    {
        bool ran = false;
        LoopTask? late = null;
        Run(async () =>
        {
            EventLoop.Current.Spawn(async () =>
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    late = EventLoop.Current.Spawn(() =>
                    {
                        ran = true;
                        return Task.CompletedTask;
                    });
                }
            });
            await EventLoop.Yield();
        });
        Assert.Equal(LoopTaskStatus.Cancelled, late!.Status);
        Assert.False(ran);
    }

    // A98, A105: whatever somebody began and left; each yield is a checkpoint, and it raises.
    [Theory]
    [InlineData("async method")]
    [InlineData("generator")]
    [InlineData("greenlet")]
    public void LeftOver_ThatYieldsForEver_IsEnded(string kind)
    {
        bool unwound = false;
        Run(() =>
        {
            switch (kind)
            {
                case "async method":
                    _ = Spin();
                    break;
                case "generator":
                    _ = Generator.RunAsync(Steps());
                    break;
                default:
                    _ = Greenlet.RunAsync(Turns);
                    break;
            }
            return Task.CompletedTask;
        });
        Assert.True(unwound);

        async Task Spin()
        {
            try
            {
                while (true) await EventLoop.Yield();
            }
            finally
            {
                unwound = true;
            }
        }

        IEnumerable<Suspend> Steps()
        {
            try
            {
                while (true) yield return Suspend.Yield;
            }
            finally
            {
                unwound = true;
            }
        }

        void Turns()
        {
            try
            {
                while (true) Greenlet.Yield();
            }
            finally
            {
                unwound = true;
            }
        }
    }

    // A96: what comes again and again, or later, is no work to wait for.
    [Fact]
    public void Timers_DoNotKeepTheLoop() => Assert.Equal(TimeSpan.Zero, Run(() =>
    {
        var loop = EventLoop.Current;
        loop.CallEvery(Sec(1), () => { });
        loop.CallLater(Sec(100), () => { });
        _ = loop.TimeProvider.CreateTimer(_ => { }, null, Sec(1), Sec(1));
        return Task.CompletedTask;
    }));

    // What stands behind it is the test's business.
    private sealed class TestExecutor(Func<ValueTask> end) : Executor
    {
        public override string Engine => "test";

        public override int Workers => 1;

        public override ExecutorStatistics GetStatistics() => new(0, 0, 0, 0, 0, 0);

        protected internal override Task<TResult> ExecuteAsync<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken) => item.InvokeAsync(cancellationToken).AsTask();

        public override ValueTask DisposeAsync() => end();
    }

    private sealed class Resource(Action dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            dispose();
            return default;
        }
    }
}
