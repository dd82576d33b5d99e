using System.Diagnostics.CodeAnalysis;

namespace Simul.Processes.Tests.Contract;

// What every engine promises, told in a way that works across processes: static methods, and files as signals. What can be
// seen from within one process only is in Simul.Tests (ExecutorConformance), what only processes have beside this folder.
public abstract partial class ExecutorContract
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    protected abstract string Engine { get; }

    protected abstract Executor Make(int workers = 1, Func<ExecutorOptions, ExecutorOptions>? with = null);

    // A hang is a failure with a name.
    private protected static async Task<T> Timely<T>(Task<T> task)
    {
        await Timely((Task)task);
        return await task;
    }

    private protected static async Task Timely(Task task)
    {
        if (await Task.WhenAny(task, Task.Delay(s_limit)) != task) Assert.Fail($"Not within {s_limit}.");
        await task;
    }

    private protected static async Task<TException> Raises<TException>(Task task)
        where TException : Exception => await Assert.ThrowsAnyAsync<TException>(() => Timely(task));

    private protected static void Says(Exception error, params string[] words)
    {
        foreach (string word in words) Assert.Contains(word, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    private protected static void Open(string gate) => File.WriteAllText(gate, "");

    private protected static string[] Lines(string log) => File.Exists(log) ? File.ReadAllLines(log) : [];

    // An item that has begun and runs until its gate opens.
    private static async Task<Task<int>> HoldAsync(Executor executor, Folder folder, string name = "held", WorkOptions? options = null, CancellationToken token = default)
    {
        var held = executor.SubmitAsync(Works.HoldAsync, (folder[$"{name}.begun"], folder[$"{name}.gate"]), options, token);
        await Until.ExistsAsync(folder[$"{name}.begun"]);
        return held;
    }

    [Fact]
    public async Task Submit_EveryShape_ReturnsItsResult()
    {
        await using var executor = Make();
        Assert.Equal(3, await Timely(executor.SubmitAsync(Works.Three)));
        Assert.Equal(3, await Timely(executor.SubmitAsync(Works.ThreeOr)));
        Assert.Equal(3, await Timely(executor.SubmitAsync(Works.ThreeAsync)));
        Assert.Equal(3, await Timely(executor.SubmitAsync(Works.ThreeOrAsync)));
        Assert.Equal(4, await Timely(executor.SubmitAsync(Jobs.Square, 2)));
        Assert.Equal(4, await Timely(executor.SubmitAsync(Works.SquareOr, 2)));
        Assert.Equal(4, await Timely(executor.SubmitAsync(Works.SquareAsync, 2)));
        Assert.Equal(4, await Timely(executor.SubmitAsync(Works.SquareOrAsync, 2)));
        Assert.Equal("seven", await Timely(executor.SubmitAsync(() => "seven")));
        int captured = 5;
        Assert.Equal(7, await Timely(executor.SubmitAsync(x => x + captured, 2)));
    }

    // B15, B20
    [Fact]
    public async Task Submit_MethodThrows_ItsOwnExceptionComesOutAndTheNextItemRuns()
    {
        await using var executor = Make();
        var first = await Raises<InvalidOperationException>(executor.SubmitAsync(Jobs.Throw, "broken"));
        var second = await Raises<InvalidOperationException>(executor.SubmitAsync(Jobs.Throw, "broken"));
        Assert.Equal("broken", first.Message);
        Assert.Contains(nameof(Jobs.Throw), first.StackTrace);
        Assert.NotSame(first, second);
        await Raises<ArgumentException>(executor.SubmitAsync(Jobs.ThrowAsync, "later"));
        Assert.Equal(4, await Timely(executor.SubmitAsync(Jobs.Square, 2)));
        Assert.Equal((1, 3), (executor.GetStatistics().TotalCompleted, executor.GetStatistics().TotalFailed));
    }

    [Fact]
    public async Task Submit_InOrder_BeginsInOrder()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var held = await HoldAsync(executor, folder);
        var behind = Enumerable.Range(0, 20).Select(i => executor.SubmitAsync(Jobs.Append, (folder["log"], i))).ToArray();
        Open(folder["held.gate"]);
        await Timely(Task.WhenAll([held, .. behind]));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), Lines(folder["log"]));
    }

    // B38
    [Fact]
    public async Task Workers_StartOnDemand_AndAnIdleOneIsReused()
    {
        await using var executor = Make(3);
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(i, await Timely(executor.SubmitAsync(Jobs.Noop, i)));
            await Until.TrueAsync(() => executor.GetStatistics() is { CurrentRunning: 0, CurrentQueued: 0 }, "it idles");
        }
        Assert.Equal(1, executor.GetStatistics().TotalWorkersStarted);
    }

    [Fact]
    public async Task WorkContext_TellsTheItemWhereItRuns()
    {
        await using var executor = Make();
        var (engine, worker, hasToken) = await Timely(executor.SubmitAsync(Jobs.Where));
        Assert.Equal(Engine, engine);
        Assert.NotEmpty(worker);
        Assert.True(hasToken);
        Assert.Null(WorkContext.Current);
    }

    // B1, B52
    [Fact]
    public async Task Cancel_BeforeTheSubmission_NeverRunsTheMethod()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var task = executor.SubmitAsync(Jobs.Append, (folder["log"], 1), cancellationToken: new CancellationToken(true));
        await Raises<OperationCanceledException>(task);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
        Assert.Empty(Lines(folder["log"]));
    }

    // B1, B52
    [Fact]
    public async Task Cancel_WhileQueued_NeverRunsTheMethod()
    {
        using var folder = new Folder();
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        var held = await HoldAsync(executor, folder);
        var queued = executor.SubmitAsync(Jobs.Append, (folder["log"], 1), cancellationToken: source.Token);
        await source.CancelAsync();
        var error = await Raises<OperationCanceledException>(queued);
        Assert.Equal(source.Token, error.CancellationToken);
        Open(folder["held.gate"]);
        await Timely(held);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
        Assert.Empty(Lines(folder["log"]));
        Assert.Equal(1, executor.GetStatistics().TotalCancelled);
    }

    [Fact]
    public async Task Cancel_WhileRunning_ReachesTheMethodsToken()
    {
        using var folder = new Folder();
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        var task = await HoldAsync(executor, folder, token: source.Token);
        await source.CancelAsync();
        Assert.Equal(source.Token, (await Raises<OperationCanceledException>(task)).CancellationToken);
        Assert.True(task.IsCanceled);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
    }

    // B48
    [Fact]
    public async Task Timeout_OfAMethodThatListens_IsATimeout()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var options = new WorkOptions { Timeout = TimeSpan.FromMilliseconds(30), Name = "slow one" };
        Says(await Raises<TimeoutException>(executor.SubmitAsync(Works.HoldAsync, (folder["begun"], folder["never"]), options)), "slow one", "00:00:00.03");
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
        Assert.Equal(1, executor.GetStatistics().TotalFailed);
    }

    [Fact]
    [SuppressMessage("Usage", "xUnit1030", Justification = "Not about contexts.")]
    public async Task Submit_FromManyThreads_NothingIsLost()
    {
        await using var executor = Make(2);
        int[] sums = await Timely(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            int sum = 0;
            for (int i = 0; i < 100; i++) sum += await executor.SubmitAsync(Jobs.Noop, i).ConfigureAwait(false);
            return sum;
        }))));
        Assert.All(sums, s => Assert.Equal(100 * 99 / 2, s));
        Assert.Equal(400, executor.GetStatistics().TotalCompleted);
    }
}
