namespace Simul.Tests.Tasks;

public partial class TaskGroupTests
{
    [Fact]
    public void Start_ReturnsWhatTheChildSays_AndTheChildGoesOn() => Run(async () =>
    {
        bool served = false;
        await TaskGroup.RunAsync(async group =>
        {
            int port = await group.StartAsync<int>(async started =>
            {
                await EventLoop.Delay(Sec(1));
                started.SetReady(8080);
                await EventLoop.Delay(Sec(5));
                served = true;
            }, "server");
            Assert.Equal(8080, port);
            Assert.Equal(Sec(1), EventLoop.Now);
            Assert.False(served);
        });
        Assert.True(served);
    });

    // A28
    [Fact]
    public void Start_Pending_KeepsTheGroupOpen() => Run(async () =>
    {
        TimeSpan ready = default;
        await TaskGroup.RunAsync(outer => TaskGroup.RunAsync(inner =>
        {
            outer.Spawn(async () =>
            {
                await inner.StartAsync<bool>(async started =>
                {
                    await EventLoop.Delay(Sec(3));
                    started.SetReady(true);
                });
                ready = EventLoop.Now;
            });
            return EventLoop.Yield().AsTask();
        }));
        Assert.Equal(Sec(3), ready);
    });

    [Fact]
    public void Start_ChildFailsBefore_TheStarterHearsIt_NotTheGroup() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            Says(await Raises<IOException>(() => group.StartAsync<int>(async _ =>
            {
                await EventLoop.Yield();
                throw new IOException("port in use");
            })), "port in use");
            Assert.False(group.IsCancelled);
            await EventLoop.Delay(Sec(1));
        });
    });

    [Fact]
    public void Start_ChildFailsAfterwards_FailsTheGroup() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            await group.StartAsync<int>(async started =>
            {
                started.SetReady(1);
                await EventLoop.Delay(Sec(1));
                throw new IOException("lost");
            });
        }));
        Assert.True(error.TryGetSingle<IOException>(out _));
    });

    [Fact]
    public void Start_StarterCancelled_CancelsTheChildAndWaitsForIt() => Run(async () =>
    {
        TimeSpan ended = default;
        await TaskGroup.RunAsync(async group =>
        {
            Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => group.StartAsync<int>(async _ =>
            {
                try
                {
                    await EventLoop.Delay(Sec(100));
                }
                finally
                {
                    await CancelScope.ShieldAsync(() => EventLoop.Delay(Sec(2)).AsTask());
                    ended = EventLoop.Now;
                }
            })));
            Assert.Equal(Sec(3), EventLoop.Now);
        });
        Assert.Equal(Sec(3), ended);
    });

    [Fact]
    public void Start_NeverOrTwiceReady_IsNamed() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            Says(await Raises<InvalidOperationException>(() => group.StartAsync<int>(_ => Task.CompletedTask, "mute")), "Task 'mute'", "SetReady");
            await group.StartAsync<int>(started =>
            {
                started.SetReady(1);
                Says(Assert.Throws<InvalidOperationException>(() => started.SetReady(2)), "before");
                return Task.CompletedTask;
            });
        });
    });

    [Fact]
    public void Background_DoesNotKeepTheGroupOpen_AndIsWaitedFor() => Run(async () =>
    {
        int beats = 0;
        bool ended = false;
        await TaskGroup.RunAsync(group =>
        {
            group.SpawnBackground(async () =>
            {
                try
                {
                    while (true)
                    {
                        await EventLoop.Delay(Sec(1));
                        beats++;
                    }
                }
                finally
                {
                    await CancelScope.ShieldAsync(() => EventLoop.Delay(Sec(1)).AsTask());
                    ended = true;
                }
            }, "heartbeat");
            group.Spawn(() => EventLoop.Delay(Sec(5.5)).AsTask());
            return Task.CompletedTask;
        });
        Assert.Equal((5, true), (beats, ended));
        Assert.Equal(Sec(6.5), EventLoop.Now);
    });

    [Fact]
    public void Background_Fails_FailsTheGroup() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            group.SpawnBackground(async () =>
            {
                await EventLoop.Delay(Sec(1));
                throw new IOException();
            });
            group.Spawn(() => EventLoop.Delay(Sec(100)).AsTask());
            return Task.CompletedTask;
        }));
        Assert.True(error.TryGetSingle<IOException>(out _));
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    [Fact]
    public void Background_FailsInASupervisor_TheOthersGoOn() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            group.SpawnBackground(() => throw new IOException());
            await EventLoop.Delay(Sec(3));
        }, new TaskGroupOptions { Supervisor = true }));
        Assert.IsType<IOException>(Assert.Single(error.Errors));
        Assert.Equal(Sec(3), EventLoop.Now);
    });

    // A21 with a background: what the background spawns while it ends is waited for as well.
    [Fact]
    public void Background_SpawnsWhileItEnds_IsWaitedFor() => Run(async () =>
    {
        bool last = false;
        await TaskGroup.RunAsync(group =>
        {
            group.SpawnBackground(async () =>
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    group.Spawn(async () =>
                    {
                        await EventLoop.Delay(Sec(1));
                        last = true;
                    });
                    group.SpawnBackground(() => EventLoop.Delay(Timeout.InfiniteTimeSpan).AsTask());
                }
            });
            return EventLoop.Yield().AsTask();
        });
        Assert.True(last);
    });

    [Fact]
    public void Race_TheFirstSuccessWins_TheOthersAreCancelledAndAwaited() => Run(async () =>
    {
        bool unwound = false;
        var late = new Late();
        string winner = await TaskGroup.RaceAsync(
            async () =>
            {
                await EventLoop.Delay(Sec(1));
                throw new IOException("failures do not count while somebody may win");
            },
            async () =>
            {
                await EventLoop.Delay(Sec(2));
                return "second";
            },
            async () =>
            {
                try
                {
                    await EventLoop.Delay(Sec(100));
                }
                finally
                {
                    unwound = true;
                }
                return "third";
            });
        Assert.Equal(("second", true, Sec(2)), (winner, unwound, EventLoop.Now));
        Late first = await TaskGroup.RaceAsync<Late>(async race =>
        {
            race.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(0.5));
                return new Late();
            });
            race.Spawn(async () =>
            {
                await CancelScope.ShieldAsync(() => EventLoop.Delay(Sec(1)).AsTask());
                return late;
            });
            await EventLoop.Delay(Sec(5));
        });
        Assert.Equal((false, true), (first.Disposed, late.Disposed));
    });

    [Fact]
    public void Race_AllFail_RaisesEveryError() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RaceAsync<int>(
            () => throw new IOException(),
            async () =>
            {
                await EventLoop.Yield();
                throw new InvalidDataException();
            }));
        Assert.Equal([typeof(IOException), typeof(InvalidDataException)], error.Errors.Select(e => e.GetType()).OrderBy(t => t == typeof(IOException) ? 0 : 1));
        await Raises<ArgumentException>(() => TaskGroup.RaceAsync(Array.Empty<Func<Task<int>>>()));
        Says(await Raises<InvalidOperationException>(() => TaskGroup.RaceAsync<int>(_ => Task.CompletedTask)), "Nobody");
    });

    [Fact]
    public void Race_CancelledFromOutside_Raises() => Run(async () =>
    {
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => TaskGroup.RaceAsync<int>(async () =>
        {
            await EventLoop.Delay(Sec(10));
            return 1;
        })));
    });

    [Fact]
    public void Race_DisposingALateResultFails_FailsTheRace() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RaceAsync<IDisposable>(
            async () =>
            {
                await EventLoop.Delay(Sec(1));
                return new MemoryStream();
            },
            async () =>
            {
                using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(2));
                return new Undisposable();
            }));
        Assert.True(error.TryGetSingle<FormatException>(out _));
    });

    private sealed class Undisposable : IDisposable
    {
        public void Dispose() => throw new FormatException();
    }

    private sealed class Late : IDisposable
    {
        public bool Disposed { get; private set; }

        public void Dispose() => Disposed = true;
    }


    [Fact]
    public void Start_StarterCancelled_TheChildFailsOnItsWayOut_FailsTheGroup() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group => CancelScope.MoveOnAfterAsync(Sec(1), () => group.StartAsync<int>(async _ =>
        {
            try
            {
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                throw new IOException("left half done");
            }
        }))));
        Assert.True(error.TryGetSingle<IOException>(out _));
    });

    [Fact]
    public void Race_CancelledFromOutsideAfterSomebodyWon_TheResultIsDisposed() => Run(async () =>
    {
        var won = new Late();
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(2), () => TaskGroup.RaceAsync(
            async () =>
            {
                await EventLoop.Delay(Sec(1));
                return won;
            },
            async () =>
            {
                using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(5));
                return new Late();
            })));
        Assert.True(won.Disposed);
    });

    [Fact]
    public void Race_BodyFailsAfterSomebodyWon_TheResultIsDisposed() => Run(async () =>
    {
        var won = new Late();
        await Raises<TaskGroupException>(() => TaskGroup.RaceAsync<Late>(async race =>
        {
            race.Spawn(() => Task.FromResult(won));
            using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(1));
            throw new IOException();
        }));
        Assert.True(won.Disposed);
    });
}
