namespace Simul.Tests.Suspension;

// Results, failures that are handled, generators inside generators, misuse.
public class GeneratorOutcomeTests
{
    private static IEnumerable<Suspend> Failing(List<string> log)
    {
        try
        {
            yield return Suspend.Delay(Sec(1));
            throw new FormatException();
        }
        finally
        {
            log.Add("inner finally");
        }
    }

    [Fact]
    public void Result_IsHandedBack() => Run(async () =>
    {
        Assert.Equal(6, await Generator.RunAsync<int>(result => Sum(3, result)));

        static IEnumerable<Suspend> Sum(int to, GeneratorResult<int> result)
        {
            int sum = 0;
            for (int i = 1; i <= to; i++)
            {
                yield return Suspend.On(new ValueTask<int>(i), out var got);
                sum += got.Value;
                yield return Suspend.Yield;
            }
            result.Value = sum;
        }
    });

    [Fact]
    public void Result_NeverLeft_Fails() => Run(async () =>
    {
        Says(await Raises<InvalidOperationException>(() => Generator.RunAsync<int>(_ => [])), "no result", "Value");
        Says(Assert.Throws<InvalidOperationException>(() => new GeneratorResult<int>().Value), "no result");
        await Raises<FormatException>(() => Generator.RunAsync<int>(_ => Failing([])));
        Assert.Throws<FormatException>(() => { _ = Generator.RunAsync<int>(_ => throw new FormatException()); });
        Assert.Throws<ArgumentNullException>(() => { _ = Generator.RunAsync<int>(null!); });
    });

    [Fact]
    public void Try_AFailingWait_LetsTheGeneratorGoOn() => Run(async () =>
    {
        List<string> log = [];
        await Generator.RunAsync(Steps());
        Assert.Equal(["FormatException", "7", "no error", "inner finally", "FormatException"], log);

        IEnumerable<Suspend> Steps()
        {
            var broken = new Future<int>();
            EventLoop.Current.CallLater(Sec(1), () => broken.SetException(new FormatException()));
            yield return Suspend.Try(Suspend.On(broken, out var none), out var outcome);
            log.Add(outcome.Error!.GetType().Name);
            Assert.True(outcome.IsCompleted);
            Assert.Same(outcome.Error, none.Error);
            Assert.Same(outcome.Error, Assert.Throws<FormatException>(() => none.Value));

            yield return Suspend.Try(Suspend.On(Task.FromResult(7), out var seven), out var fine);
            log.Add($"{seven.Value}");
            log.Add(fine.Error is null ? "no error" : "error");

            yield return Suspend.Try(Suspend.On(Failing(log)), out var nested);
            log.Add(nested.Error!.GetType().Name);
        }
    });

    // As catch does, Try sees a cancellation once; the next wait raises it again.
    [Fact]
    public void Try_ACancelledWait_MayCleanUpInAShield() => Run(async () =>
    {
        List<string> log = [];
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(2), () => Generator.RunAsync(Steps())));
        Assert.Equal(["cancelled", "clean", "finally"], log);
        Assert.Equal(Sec(5), EventLoop.Now);

        IEnumerable<Suspend> Steps()
        {
            try
            {
                yield return Suspend.Try(Suspend.Delay(Sec(10)), out var outcome);
                if (outcome.Error is OperationCanceledException) log.Add("cancelled");
                yield return Suspend.On(CancelScope.RunAsync(_ => Generator.RunAsync(CleanUp()), shield: true));
                yield return Suspend.Delay(Sec(10));
                log.Add("not reached");
            }
            finally
            {
                log.Add("finally");
            }
        }

        IEnumerable<Suspend> CleanUp()
        {
            yield return Suspend.Delay(Sec(3));
            log.Add("clean");
        }
    });

    [Fact]
    public void SubGenerator_RunsInThisOnesPlace() => Run(async () =>
    {
        List<string> log = [];
        await Generator.RunAsync(Outer());
        Assert.Equal(["outer", "inner 0", "inner 1", "between", "inner 0", "got 2"], log);
        Assert.Equal(Sec(3), EventLoop.Now);

        IEnumerable<Suspend> Outer()
        {
            log.Add("outer");
            var count = new GeneratorResult<int>();
            yield return Suspend.On(Inner(2, count));
            log.Add("between");
            yield return Suspend.On(Inner(1, new GeneratorResult<int>()));
            log.Add($"got {count.Value}");
        }

        IEnumerable<Suspend> Inner(int steps, GeneratorResult<int> result)
        {
            for (int i = 0; i < steps; i++)
            {
                log.Add($"inner {i}");
                yield return Suspend.Delay(Sec(1));
            }
            result.Value = steps;
        }
    });

    [Fact]
    public void SubGenerator_Fails_UnwindsInnermostFirst() => Run(async () =>
    {
        List<string> log = [];
        await Raises<FormatException>(() => Generator.RunAsync(Outer()));
        Assert.Equal(["inner finally", "outer finally"], log);

        IEnumerable<Suspend> Outer()
        {
            try
            {
                yield return Suspend.On(Failing(log));
            }
            finally
            {
                log.Add("outer finally");
            }
        }
    });

    // Deep recursion costs no stack.
    [Fact]
    public void SubGenerators_TwentyThousandDeep_NeedNoStack() => Run(async () =>
    {
        int deepest = 0;
        await Generator.RunAsync(Down(0));
        Assert.Equal(20_000, deepest);

        IEnumerable<Suspend> Down(int depth)
        {
            deepest = depth;
            if (depth == 20_000) yield return Suspend.Delay(Sec(1));
            else yield return Suspend.On(Down(depth + 1));
        }
    });

    [Fact]
    public void DefaultSuspend_Fails() => Run(async () =>
    {
        Says(await Raises<InvalidOperationException>(() => Generator.RunAsync([default])), "default(Suspend)", "Suspend.Yield");
        Says(Assert.Throws<InvalidOperationException>(() => Suspend.Try(default, out _)), "default(Suspend)");
    });

    [Fact]
    public void SameSuspendTwice_Fails_AndIsNoOutcomeToTry() => Run(async () =>
    {
        Says(await Raises<InvalidOperationException>(() => Generator.RunAsync(Steps())), "twice");

        static IEnumerable<Suspend> Steps()
        {
            var once = Suspend.Delay(Sec(1));
            yield return once;
            yield return Suspend.Try(once, out _);
            Assert.Fail("went on");
        }
    });

    [Fact]
    public void YieldInsideAScope_Fails_AndTheScopeIsLeft() => Run(async () =>
    {
        var me = EventLoop.CurrentTask;
        bool unwound = false;
        Says(await Raises<InvalidOperationException>(() => Generator.RunAsync(Steps())), "cancel scope", "CancelScope.RunAsync");
        Assert.True(unwound);
        Assert.Same(me, SynchronizationContext.Current);
        Assert.Null(me.FirstChild);
        await EventLoop.Delay(Sec(5)); // its deadline is gone with it
        Assert.Equal(Sec(6), EventLoop.Now);

        IEnumerable<Suspend> Steps()
        {
            yield return Suspend.Delay(Sec(1));
            using (CancelScope.Enter(Sec(2)))
            {
                using (CancelScope.Enter())
                {
                    try
                    {
                        yield return Suspend.Delay(Sec(3));
                    }
                    finally
                    {
                        unwound = true;
                    }
                }
            }
        }
    });

    [Fact]
    public void Scope_LeftBeforeTheYield_Works() => Run(async () =>
    {
        await Generator.RunAsync(Steps());
        Assert.Equal(Sec(3), EventLoop.Now);

        static IEnumerable<Suspend> Steps()
        {
            using (CancelScope.Enter(TimeSpan.Zero)) Assert.Throws<OperationCanceledException>(() => { Suspend.Delay(Sec(1)).Take(); });
            yield return Suspend.Delay(Sec(1));
            // The remedy that the error names.
            yield return Suspend.On(CancelScope.RunAsync(_ => Generator.RunAsync(Long()), Sec(2)), out var timedOut);
            Assert.True(timedOut.Value);
        }

        static IEnumerable<Suspend> Long()
        {
            yield return Suspend.Delay(Sec(100));
        }
    });

    [Fact]
    public void OffTheLoop_Throws()
    {
        Assert.Throws<LoopAffinityException>(() => Suspend.Yield);
        Assert.Throws<LoopAffinityException>(() => Suspend.Delay(Sec(1)));
        Assert.Throws<ArgumentNullException>(() => Suspend.On((Task)null!));
        Assert.Throws<ArgumentNullException>(() => Suspend.On((LoopTask)null!));
        Assert.Throws<ArgumentNullException>(() => Suspend.On((IEnumerable<Suspend>)null!));
    }

    [Fact]
    public void LoopTaskWithAResult_CanBeYielded() => Run(async () =>
    {
        await Generator.RunAsync(Steps());

        static IEnumerable<Suspend> Steps()
        {
            var task = EventLoop.Current.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                return "done";
            });
            yield return Suspend.On(task, out var text);
            Assert.Equal("done", text.Value);
        }
    });
}
