namespace Simul.Tests.Loop;

public class LoopLocalTests
{
    [Fact]
    public void Value_IsTheLoopsOwn()
    {
        int made = 0;
        var local = new LoopLocal<string>(() => $"loop {++made}");
        for (int i = 1; i <= 2; i++)
        {
            Run(async () =>
            {
                Assert.False(local.HasValue);
                Assert.Equal($"loop {i}", local.Value);
                Assert.True(local.HasValue);
                await EventLoop.Current.Spawn(async () =>
                {
                    await EventLoop.Yield();
                    Assert.Equal($"loop {i}", local.Value);
                    local.Value = "set";
                });
                Assert.Equal("set", local.Value);
                local.Reset();
                Assert.False(local.HasValue);
                local.Value = "again";
                Assert.Equal("again", local.Value);
            });
        }
        Assert.Equal(2, made);
    }

    [Fact]
    public void Value_WithoutAMaker_IsTheDefault() => Run(() =>
    {
        var local = new LoopLocal<int>();
        Assert.Equal(0, local.Value);
        Assert.False(local.HasValue);
        local.Value = 4;
        Assert.Equal(4, local.Value);
        return Task.CompletedTask;
    });

    [Fact]
    public void Value_TwoLoopsAtOnce_SeeEachTheirOwn()
    {
        var local = new LoopLocal<int>();
        using var both = new Barrier(2);
        int[] seen = new int[2];
        var threads = Enumerable.Range(0, 2).Select(i => new Thread(() => EventLoop.Run(() =>
        {
            local.Value = i + 1;
            both.SignalAndWait(Sec(60));
            seen[i] = local.Value;
            return Task.CompletedTask;
        }))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => Assert.True(thread.Join(Sec(60))));
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public void Value_OffTheLoop_Throws()
    {
        var local = new LoopLocal<int>(() => 1);
        Assert.Throws<LoopAffinityException>(() => local.Value);
        Assert.Throws<LoopAffinityException>(() => local.Value = 1);
        Assert.Throws<LoopAffinityException>(() => local.HasValue);
        Assert.Throws<LoopAffinityException>(local.Reset);
    }

    [Fact]
    public void Value_MakerThrows_IsMadeAgain() => Run(() =>
    {
        int tries = 0;
        var local = new LoopLocal<int>(() => ++tries == 1 ? throw new FormatException() : tries);
        Assert.Throws<FormatException>(() => local.Value);
        Assert.False(local.HasValue);
        Assert.Equal(2, local.Value);
        return Task.CompletedTask;
    });
}
