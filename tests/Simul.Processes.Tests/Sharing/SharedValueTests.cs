namespace Simul.Processes.Tests.Sharing;

public class SharedValueTests
{
    [Fact]
    public void Operations_DoWhatTheySay()
    {
        using var value = SharedValue<int>.Create(3);
        Assert.Equal(3, value.Value);
        Assert.Equal(3, value.Exchange(5));
        Assert.Equal(5, value.CompareExchange(7, 6));
        Assert.Equal(5, value.CompareExchange(7, 5));
        Assert.Equal(8, value.Update(x => x + 1));
        value.Value = 1;
        Assert.Equal(1, value.Value);
    }

    [Fact]
    public void Update_ThatThrows_ChangesNothing()
    {
        using var value = SharedValue<int>.Create(3);
        Assert.Throws<FormatException>(() => value.Update(_ => throw new FormatException()));
        Assert.Equal(4, value.Update(x => x + 1));
    }

    [Fact]
    public void Update_ThatUsesTheValueItself_IsRefused()
    {
        using var value = SharedValue<int>.Create(3);
        using var other = SharedValue<int>.Create(1);
        Assert.Throws<InvalidOperationException>(() => value.Update(x => value.Exchange(5)));
        Assert.Throws<InvalidOperationException>(() => value.Update(x => value.Update(y => y)));
        Assert.Equal(6, value.Update(x => x + other.Update(y => y + 2)));
        Assert.Equal((6, 3), (value.Value, other.Value));
    }

    [Fact]
    public async Task LargeValue_IsNeverTorn()
    {
        using var value = SharedValue<SharedJobs.Pair>.Create();
        using var end = new CancellationTokenSource();
        var reading = Task.Factory.StartNew(() =>
        {
            long reads = 0;
            while (!end.IsCancellationRequested)
            {
                var pair = value.Value;
                Assert.Equal(pair.Plus, -pair.Minus);
                reads++;
            }
            return reads;
        }, TaskCreationOptions.LongRunning);
        for (int i = 0; i < 100_000; i++) value.Update(p => new(p.Plus + 1, p.Minus - 1, i));
        end.Cancel();
        Assert.True(await reading > 0);
        Assert.Equal(100_000, value.Value.Plus);
    }

    [Fact]
    public async Task BetweenWorkers_NoUpdateIsLost()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
        using var value = SharedValue<long>.Create();
        var work = new[] { pool.SubmitAsync(SharedJobs.Add, (value, 20_000)), pool.SubmitAsync(SharedJobs.Add, (value, 20_000)) };
        SharedJobs.Add((value, 20_000));
        await Task.WhenAll(work).WaitAsync(SharedJobs.Limit);
        Assert.Equal(60_000, value.Value);
    }
}
