namespace Simul.Tests.Suspension;

// How greenlets and their threads end, and how many there may be.
[Collection(nameof(GreenletLifeTests))]
public class GreenletLifeTests
{
    private static EventLoopOptions With(EventLoopOptions options, GreenletOptions greenlets) => options with { Greenlets = greenlets };

    // The threads of the loop's greenlets by their names, which other tests do not share.
    private static int ThreadsNamed(string start) => !OperatingSystem.IsLinux() ? 0 : Directory.GetDirectories("/proc/self/task").Count(task =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith(start, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // ended meanwhile
        }
    });

    // Run has waited for them; the system takes a moment more to forget them.
    private static void NoThreadLeft(string start) => Eventually(() => ThreadsNamed(start) == 0, "the threads of the greenlets end");

    [Fact]
    [Seeds(0)] // it counts the threads of the process
    public void LoopEnds_NoThreadOutlivesIt()
    {
        int during = 0;
        Run(async () =>
        {
            await TaskGroup.RunAsync(async group =>
            {
                for (int i = 0; i < 100; i++) group.Spawn(() => Greenlet.RunAsync(() => Greenlet.Delay(Sec(5))));
                await EventLoop.Delay(Sec(1));
                during = ThreadsNamed("life1");
            });
        }, o => With(o with { Name = "life1" }, new GreenletOptions { MaxIdleStacks = 30 }));
        if (OperatingSystem.IsLinux()) Assert.Equal(100, during);
        NoThreadLeft("life1");
    }

    // Awaited by nobody, waiting for what never comes: the loop unwinds it.
    [Fact]
    public void Abandoned_Parked_IsUnwoundWhenTheLoopEnds()
    {
        List<string> log = [];
        Task? greenlet = null;
        Run(() =>
        {
            greenlet = Greenlet.RunAsync(() =>
            {
                try
                {
                    Greenlet.Await(new TaskCompletionSource().Task);
                }
                finally
                {
                    log.Add("finally");
                    for (int i = 0; i < 3; i++)
                    {
                        // Again and again.
                        Says(Assert.Throws<OperationCanceledException>(() => Greenlet.Await(new TaskCompletionSource().Task)), "ended");
                        log.Add("raised");
                    }
                    Assert.Equal(1, Greenlet.Await(Task.FromResult(1)));
                }
            });
            return Task.CompletedTask;
        }, o => o with { Name = "life2" });
        Assert.Equal(["finally", "raised", "raised", "raised"], log);
        Assert.True(greenlet!.IsCanceled);
        NoThreadLeft("life2");
    }

    // What waits for the unwound greenlet goes on, before Run returns.
    [Fact]
    public void Unwound_ItsAwaiter_GoesOnBeforeRunEnds()
    {
        bool unwound = false;
        Run(() =>
        {
            _ = Wait();
            return Task.CompletedTask;

            async Task Wait()
            {
                try
                {
                    await Greenlet.RunAsync(() => Greenlet.Await(new TaskCompletionSource().Task));
                }
                finally
                {
                    unwound = true;
                }
            }
        });
        Assert.True(unwound);
    }

    [Fact]
    public void Unwound_WhatItWaitedForComesTooLate_DoesNoHarm()
    {
        var late = new TaskCompletionSource();
        Run(() =>
        {
            _ = Greenlet.RunAsync(() => Greenlet.Await(late.Task));
            return Task.CompletedTask;
        });
        late.SetResult();
        Run(() => Greenlet.RunAsync(() => Greenlet.Delay(Sec(1))));
    }

    // A finally block may start another; it is unwound as well.
    [Fact]
    public void Unwound_StartsAnother_BothEnd()
    {
        List<string> log = [];
        Run(() =>
        {
            _ = Greenlet.RunAsync(() =>
            {
                try
                {
                    Greenlet.Await(new TaskCompletionSource().Task);
                }
                finally
                {
                    _ = Greenlet.RunAsync(() =>
                    {
                        try
                        {
                            Greenlet.Await(new TaskCompletionSource().Task);
                        }
                        finally
                        {
                            log.Add("second");
                        }
                    });
                    log.Add("first");
                }
            });
            return Task.CompletedTask;
        }, o => o with { Name = "life3" });
        Assert.Equal(["first", "second"], log.Order());
        NoThreadLeft("life3");
    }

    [Fact]
    public void Unwound_SwallowsEverything_IsGivenUpAndNamed()
    {
        int swallowed = 0;
        var error = Assert.Throws<InvalidOperationException>(() => Run(() =>
        {
            _ = Greenlet.RunAsync(() =>
            {
                while (true)
                {
                    try
                    {
                        Greenlet.Await(new TaskCompletionSource().Task);
                    }
                    catch (OperationCanceledException)
                    {
                        swallowed++;
                    }
                }
            });
            return Task.CompletedTask;
        }, o => o with { Name = "deaf" }));
        Says(error, "deaf greenlet 1", "swallows", "OperationCanceledException");
        Assert.InRange(swallowed, 100, 10_000);
    }

    // At the loop's end every task is cancelled: a greenlet's waits raise until it ends.
    [Fact]
    public void LoopEnds_RunningTask_RaisesAtEachWaitUntilItEnds()
    {
        int raised = 0;
        Run(async () =>
        {
            EventLoop.Current.Spawn(() => Greenlet.RunAsync(() =>
            {
                while (raised < 10)
                {
                    try
                    {
                        Greenlet.Delay(Sec(1000));
                    }
                    catch (OperationCanceledException)
                    {
                        raised++;
                    }
                }
            }));
            await EventLoop.Delay(Sec(1));
        });
        Assert.Equal(10, raised);
    }

    [Fact]
    public void Waiting_ForWhatNeverComes_IsAStallThatNamesIt() =>
        Says(Assert.Throws<LoopStalledException>(() => Run(() => Greenlet.RunAsync(() => Greenlet.Await(new Future<int>())))), "main", "a future of Int32");

    [Fact]
    public void MoreThanTheLimit_Throws_AndTheOthersGoOn() => Run(async () =>
    {
        int ended = 0;
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 3; i++)
            {
                group.Spawn(() => Greenlet.RunAsync(() =>
                {
                    Greenlet.Delay(Sec(1));
                    ended++;
                }));
            }
            await EventLoop.Delay(Sec(0.5));
            Says(Assert.Throws<GreenletLimitException>(() => { _ = Greenlet.RunAsync(() => { }); }), "3 greenlets", "MaxGreenlets", "AsyncSemaphore");
            Assert.Equal(new GreenletStatistics(3, 3, 0, 3, 3), Greenlet.GetStatistics());
        });
        Assert.Equal(3, ended);
        await Greenlet.RunAsync(() => ended++); // there is room again
        Assert.Equal(4, ended);
        Assert.Equal(new GreenletStatistics(0, 0, 3, 4, 7), Greenlet.GetStatistics());
    }, o => With(o, new GreenletOptions { MaxGreenlets = 3 }));

    [Fact]
    public void Options_OutOfRange_Throw()
    {
        foreach (var bad in (GreenletOptions[])[new() { MaxGreenlets = 0 }, new() { StackSize = -1 }, new() { StackSize = 1000 }, new() { MaxIdleStacks = -1 }, new() { SpinTime = Sec(1) }, new() { SpinTime = Sec(-1) }])
            Assert.Throws<ArgumentOutOfRangeException>(() => Run(() => Task.CompletedTask, o => With(o, bad)));
    }

    // A body that goes deep asks as any .NET code does; the stack is as large as was said.
    [Fact]
    public void StackSize_IsWhatWasAskedFor() => Run(async () =>
    {
        int small = await Depth();
        Assert.InRange(small, 100, 1_000_000);
        int large = 0;
        await Task.Run(() => Run(async () => large = await Depth(), o => With(o, new GreenletOptions { StackSize = 16 << 20 })));
        Assert.True(large > small * 4, $"{small} and {large}");

        static Task<int> Depth() => Greenlet.RunAsync(() => Down(0));

        static int Down(int depth) => System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack() ? Math.Max(depth, Down(depth + 1)) : depth;
    }, o => With(o, new GreenletOptions { StackSize = 1 << 20 }));

    [Fact]
    public void IdleStack_KeepsNothingAlive()
    {
        Run(async () =>
        {
            var weak = await Use();
            await EventLoop.Yield();
            Eventually(() =>
            {
                GC.Collect();
                return !weak.IsAlive;
            }, "the idle stack lets go of what ran on it");
        });

        static async Task<WeakReference> Use()
        {
            var local = new AsyncLocal<object>();
            var weak = new WeakReference(local.Value = new object());
            await Greenlet.RunAsync(() => Greenlet.Delay(Sec(1)));
            local.Value = null!;
            return weak;
        }
    }

    [Fact]
    public void FlowSuppressed_NothingOfTheLastGreenletIsLeft() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 1 };
        await Greenlet.RunAsync(() => Assert.Equal(1, local.Value));
        Task next;
        using (ExecutionContext.SuppressFlow()) next = Greenlet.RunAsync(() => Assert.Equal(0, local.Value));
        await next;
    });

    // What the machine is asked for in the thousands; the bench has the figures.
    [Fact]
    public void TwoThousand_Parked_AllGoOn()
    {
        int ended = 0;
        Run(() => TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 2000; i++)
            {
                group.Spawn(() => Greenlet.RunAsync(() =>
                {
                    Greenlet.Delay(Sec(60));
                    ended++;
                }));
            }
            return Task.CompletedTask;
        }), o => o with { Name = "many" });
        Assert.Equal(2000, ended);
        NoThreadLeft("many");
    }
}
