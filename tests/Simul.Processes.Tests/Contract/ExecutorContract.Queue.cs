namespace Simul.Processes.Tests.Contract;

public abstract partial class ExecutorContract
{
    [Fact]
    public async Task Priority_HigherFirst_AndFirstInFirstOutWithin()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var held = await HoldAsync(executor, folder);
        int[] priorities = [0, 5, -1, 5, 0, 9, -1];
        var tasks = priorities.Select((p, i) => executor.SubmitAsync(Works.AppendAsync, (folder["log"], i), new WorkOptions { Priority = p })).ToArray();
        Open(folder["held.gate"]);
        await Timely(Task.WhenAll([held, .. tasks]));
        Assert.Equal(["5", "1", "3", "0", "4", "2", "6"], Lines(folder["log"]));
    }

    [Fact]
    public async Task QueueLimit_Refuse_FailsTheOneThatFindsNoRoom()
    {
        using var folder = new Folder();
        await using var executor = Make(with: o => o with { QueueLimit = 2, WhenFull = QueueFullMode.Refuse });
        var held = await HoldAsync(executor, folder);
        var first = executor.SubmitAsync(Jobs.Noop, 1);
        var second = executor.SubmitAsync(Jobs.Noop, 2);
        var error = await Raises<QueueFullException>(executor.SubmitAsync(Jobs.Noop, 3, new WorkOptions { Name = "third" }));
        Says(error, "third", "refused", "2 items", "WaitForRoomAsync");
        Assert.False(error.WasDropped);
        Open(folder["held.gate"]);
        Assert.Equal((int[])[1, 1, 2], await Timely(Task.WhenAll(held, first, second)));
        Assert.Equal((1, 0, 1), (executor.GetStatistics().TotalRefused, executor.GetStatistics().TotalDropped, executor.GetStatistics().TotalFailed));
    }

    [Theory]
    [InlineData(QueueFullMode.DropOldest, "1")]
    [InlineData(QueueFullMode.DropNewest, "2")]
    public async Task QueueLimit_Drop_MakesRoom(QueueFullMode mode, string dropped)
    {
        using var folder = new Folder();
        await using var executor = Make(with: o => o with { QueueLimit = 2, WhenFull = mode });
        var held = await HoldAsync(executor, folder);
        var tasks = Enumerable.Range(1, 3).ToDictionary(i => $"{i}", i => executor.SubmitAsync(Jobs.Append, (folder["log"], i), new WorkOptions { Name = $"item {i}" }));
        var error = await Raises<QueueFullException>(tasks[dropped]);
        Says(error, $"item {dropped}", "dropped");
        Assert.True(error.WasDropped);
        Open(folder["held.gate"]);
        tasks.Remove(dropped);
        await Timely(Task.WhenAll([held, .. tasks.Values]));
        Assert.Equal(tasks.Keys, Lines(folder["log"]));
        Assert.Equal(1, executor.GetStatistics().TotalDropped);
    }

    [Fact]
    public async Task QueueLimit_Drop_TakesTheLowestPriority()
    {
        using var folder = new Folder();
        await using var executor = Make(with: o => o with { QueueLimit = 2, WhenFull = QueueFullMode.DropOldest });
        var held = await HoldAsync(executor, folder);
        var urgent = executor.SubmitAsync(Jobs.Noop, 1, new WorkOptions { Priority = 5 });
        var ordinary = executor.SubmitAsync(Jobs.Noop, 2);
        var also = executor.SubmitAsync(Jobs.Noop, 3, new WorkOptions { Priority = 5 });
        await Raises<QueueFullException>(ordinary);
        await Raises<QueueFullException>(executor.SubmitAsync(Jobs.Noop, 4)); // less than all that wait
        Open(folder["held.gate"]);
        Assert.Equal((int[])[1, 1, 3], await Timely(Task.WhenAll(held, urgent, also)));
        Assert.Equal((1, 1), (executor.GetStatistics().TotalRefused, executor.GetStatistics().TotalDropped));
    }

    [Fact]
    public async Task QueueLimit_Wait_LetsProducersWaitForRoom()
    {
        using var folder = new Folder();
        await using var executor = Make(with: o => o with { QueueLimit = 3 });
        var held = await HoldAsync(executor, folder);
        List<Task<int>> tasks = [];
        var producer = Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await executor.WaitForRoomAsync();
                lock (tasks) tasks.Add(executor.SubmitAsync(Jobs.Noop, i));
            }
        });
        await Until.TrueAsync(() => executor.GetStatistics().CurrentQueued == 3, "the queue is full");
        Assert.False(executor.WaitForRoomAsync().IsCompleted);
        Assert.Equal(3, tasks.Count);
        Open(folder["held.gate"]);
        await Timely(Task.WhenAll(held, producer));
        Assert.Equal(Enumerable.Range(0, 20), await Timely(Task.WhenAll(tasks)));
    }

    [Fact]
    public async Task WaitForRoom_Cancelled_AndAtTheEnd()
    {
        using var folder = new Folder();
        var executor = Make(with: o => o with { QueueLimit = 1 });
        await executor.WaitForRoomAsync();
        var held = await HoldAsync(executor, folder);
        var queued = executor.SubmitAsync(Jobs.Noop, 1);
        using var source = new CancellationTokenSource();
        var cancelled = executor.WaitForRoomAsync(source.Token);
        var closed = executor.WaitForRoomAsync();
        await source.CancelAsync();
        await Raises<OperationCanceledException>(cancelled);
        var end = executor.DisposeAsync().AsTask();
        await Raises<ExecutorClosedException>(closed);
        Open(folder["held.gate"]);
        await Timely(end);
        Assert.Equal((1, 1), (await held, await queued));
    }
}
