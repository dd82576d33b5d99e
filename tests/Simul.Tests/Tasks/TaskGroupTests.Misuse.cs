namespace Simul.Tests.Tasks;

// What a group is not for: other threads, dead groups, groups that nobody awaits.
public partial class TaskGroupTests
{
    // A39
    [Fact]
    public void Spawn_OffItsLoop_Throws() => Run(() => TaskGroup.RunAsync(async group =>
    {
        await Task.Run(Refused);
        await Task.Run(() => Run(() =>
        {
            Refused();
            return Task.CompletedTask;
        }));
        Assert.Equal(0, group.CurrentChildren);

        void Refused()
        {
            Assert.Throws<LoopAffinityException>(() => { group.Spawn(() => Task.CompletedTask); });
            Assert.Throws<LoopAffinityException>(() => { _ = group.Spawn(_ => Task.CompletedTask); });
            Assert.Throws<LoopAffinityException>(() => { group.Spawn(static _ => Task.CompletedTask, 1); });
            Assert.Throws<LoopAffinityException>(() => { group.StartNow(() => Task.CompletedTask); });
            Assert.Throws<LoopAffinityException>(() => { group.SpawnBackground(() => Task.CompletedTask); });
            Assert.Throws<LoopAffinityException>(() => { group.Own(new MemoryStream()); });
            var starting = group.StartAsync<int>(_ => Task.CompletedTask);
            Assert.IsType<LoopAffinityException>(starting.Exception?.InnerException);
        }
    }));

    // A22, A29, A40: while it ends because somebody failed, whatever the form.
    [Fact]
    public void Spawn_AfterAFailure_IsCancelledWithoutRunning() => Run(async () =>
    {
        bool ran = false;
        List<LoopTask> late = [];
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
            {
                try
                {
                    await Forever();
                }
                finally
                {
                    late.AddRange([group.Spawn(Body), group.StartNow(Body), group.SpawnBackground(Body)]);
                }
            });
            group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                throw new FormatException();
            });
            return Task.CompletedTask;
        }));
        Assert.IsType<FormatException>(Assert.Single(error.Errors));
        Assert.Equal(3, late.Count);
        Assert.All(late, child => Assert.Equal(LoopTaskStatus.Cancelled, child.Status));
        Assert.False(ran);

        Task Body()
        {
            ran = true;
            return Task.CompletedTask;
        }
    });

    [Fact]
    public void Start_InACancelledOrEndedGroup_RaisesWithoutRunning() => Run(async () =>
    {
        bool ran = false;
        TaskGroup group = null!;
        await TaskGroup.RunAsync(outer => TaskGroup.RunAsync(inner =>
        {
            group = inner;
            outer.Spawn(async () => Says(await Raises<OperationCanceledException>(Start), "late", "before it was ready"));
            inner.Spawn(async () =>
            {
                using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(1));
            });
            inner.Cancel();
            return Task.CompletedTask;
        }));
        await Raises<InvalidOperationException>(Start);
        Assert.False(ran);

        Task Start() => group.StartAsync<int>(started =>
        {
            ran = true;
            started.SetReady(1);
            return Task.CompletedTask;
        }, "late");
    });

    // A31, A41: a group that nobody awaits ends with its task; the loop waits for its children.
    [Fact]
    public void Group_NotAwaited_IsCancelledWithItsTask_AndTheLoopAwaitsItsChildren()
    {
        string trace = Trace(async log =>
        {
            var careless = EventLoop.Current.Spawn(async () =>
            {
                _ = TaskGroup.RunAsync(async group =>
                {
                    group.Spawn(async () =>
                    {
                        try
                        {
                            await Forever();
                        }
                        finally
                        {
                            using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(1));
                            log.Add("child");
                        }
                    });
                    await Forever();
                });
                await EventLoop.Delay(Sec(1));
            });
            await careless;
            log.Add("task");
        });
        Assert.Equal("task child", trace);
    }

    // A25
    [Fact]
    public void Cancel_AfterTheEnd_HasNoEffect() => Run(async () =>
    {
        TaskGroup group = null!;
        await TaskGroup.RunAsync(g =>
        {
            group = g;
            return Task.CompletedTask;
        });
        group.Cancel("too late");
        await EventLoop.Yield();
        Assert.False(group.IsCancelled);
        Assert.False(EventLoop.CurrentTask.IsCancelled);
    });
}
