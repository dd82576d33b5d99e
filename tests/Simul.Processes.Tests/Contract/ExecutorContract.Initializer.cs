namespace Simul.Processes.Tests.Contract;

public abstract partial class ExecutorContract
{
    [Fact]
    public async Task Initializer_RunsOnceOnEachWorker_BeforeItsFirstItem()
    {
        using var folder = new Folder();
        string log = folder["log"];
        await using var executor = Make(with: o => o with { Initializer = WorkerInitializer.Create(() => File.AppendAllText(log, "made\n")) });
        for (int i = 0; i < 5; i++) Assert.Equal(1, await Timely(executor.SubmitAsync(() => File.ReadAllLines(log).Length)));
    }

    [Fact]
    public async Task Initializer_State_IsTheWorkers()
    {
        await using var executor = Make(with: o => o with { Initializer = WorkerInitializer.Create(() => new List<int> { 7 }) });
        await Timely(executor.SubmitAsync(() => WorkContext.Current!.GetState<List<int>>().Add(8)));
        Assert.Equal(15, await Timely(executor.SubmitAsync(() => WorkContext.Current!.GetState<List<int>>().Sum())));
        Assert.Equal(15, await Timely(executor.SubmitAsync(Works.SumOfStateAsync)));
        Says(await Raises<InvalidOperationException>(executor.SubmitAsync(() => WorkContext.Current!.GetState<string>())), "List", "String");
    }

    [Fact]
    public async Task Initializer_None_GetStateSaysSo()
    {
        await using var executor = Make();
        Says(await Raises<InvalidOperationException>(executor.SubmitAsync(() => WorkContext.Current!.GetState<string>())), "Initializer");
    }

    [Fact]
    public async Task Initializer_Asynchronous_IsAwaited()
    {
        await using var executor = Make(with: o => o with
        {
            Initializer = WorkerInitializer.Create(async () =>
            {
                await EventLoop.Delay(TimeSpan.FromMilliseconds(20));
                return "ready";
            }),
        });
        Assert.Equal("ready", await Timely(executor.SubmitAsync(() => WorkContext.Current!.GetState<string>())));
    }

    // B36, B42
    [Fact]
    public async Task Initializer_Fails_SoDoesAllThatWaitsAndComes()
    {
        using var folder = new Folder();
        string log = folder["log"];
        var executor = Make(2, o => o with
        {
            Initializer = WorkerInitializer.Create(() =>
            {
                File.AppendAllText(log, "tried\n");
                throw new FormatException("no model");
            }),
        });
        var tasks = Enumerable.Range(0, 10).Select(i => executor.SubmitAsync(Jobs.Append, (folder["ran"], i))).ToArray();
        foreach (var task in tasks) Assert.IsType<FormatException>((await Raises<WorkerInitializationException>(task)).InnerException);
        Says(await Raises<WorkerInitializationException>(executor.SubmitAsync(Jobs.Noop, 1)), Engine, "no model");
        await Timely(executor.DisposeAsync().AsTask());
        Assert.Empty(Lines(folder["ran"]));
        Assert.InRange(Lines(log).Length, 1, 2); // once a worker at most
        Assert.Equal(11, executor.GetStatistics().TotalFailed);
    }

    [Fact]
    public async Task Initializer_DisposableState_IsDisposedWithTheWorker()
    {
        using var folder = new Folder();
        string log = folder["log"];
        var executor = Make(with: o => o with { Initializer = WorkerInitializer.Create(() => new Works.Resource(log)) });
        await Timely(executor.SubmitAsync(Jobs.Noop, 1));
        Assert.Empty(Lines(log));
        await Timely(executor.DisposeAsync().AsTask());
        Assert.Equal(["disposed"], Lines(log));
    }
}
