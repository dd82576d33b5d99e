namespace Simul.Tests.Synchronization.Channels;

// What channels keep that hold items.
public abstract class BufferedChannelConformance : BoundedChannelConformance
{
    // Whoever always finds an item must not keep the others from running.
    [Fact]
    public void ReadAsync_AlwaysReady_LetsOthersRun() => Run(async () =>
    {
        var channel = Create();
        bool stop = false;
        int passed = 0;
        await TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
            {
                while (!stop)
                {
                    await channel.Writer.WriteAsync(passed);
                    Assert.Equal(passed++, await channel.Reader.ReadAsync());
                }
            });
            group.Spawn(async () =>
            {
                for (int i = 0; i < 10; i++) await EventLoop.Yield();
                stop = true;
            });
            return Task.CompletedTask;
        });
        Assert.InRange(passed, 1, 20_000);
    });
}
