using System.Collections.Concurrent;
using System.Diagnostics;

namespace Simul.Processes.Tests.Contract;

public abstract partial class ExecutorContract
{
    // Called where it is reported, or where the engine hears of it.
    private sealed class Receiver<T>(Action<T> handler) : IProgress<T>
    {
        public void Report(T value) => handler(value);
    }

    [Fact]
    public async Task Progress_AsArgument_ComesInOrderBeforeTheResult()
    {
        await using var executor = Make();
        var got = new ConcurrentQueue<int>();
        IProgress<int> progress = new Receiver<int>(got.Enqueue);
        Assert.Equal(50, await Timely(executor.SubmitAsync(Works.CountTo50, progress)));
        Assert.Equal(Enumerable.Range(1, 50), got);
    }

    [Fact]
    public async Task Progress_Captured_AndWithinTheArgument()
    {
        await using var executor = Make();
        var numbers = new ConcurrentQueue<int>();
        var texts = new ConcurrentQueue<string>();
        IProgress<string> text = new Receiver<string>(texts.Enqueue);
        IProgress<int> number = new Receiver<int>(numbers.Enqueue);
        await Timely(executor.SubmitAsync(async ((IProgress<int> Number, int Value) item) =>
        {
            item.Number.Report(item.Value);
            await EventLoop.Yield();
            text.Report($"{item.Value + 1}");
        }, (number, 7)));
        Assert.Equal([7], numbers);
        Assert.Equal(["8"], texts);
    }

    // The BCL's own: it takes its reports to the context it was made in.
    [Fact]
    public async Task Progress_OfTheBcl_ArrivesOnTheSubmittersContext()
    {
        await using var executor = Make();
        await Timely(Task.Run(() => EventLoop.Run(async () =>
        {
            var loop = EventLoop.Current;
            List<(int Value, bool OnLoop)> got = [];
            var progress = new Progress<int>(x => got.Add((x, ReferenceEquals(EventLoop.Current, loop))));
            Assert.Equal(50, await SubmitCapturedAsync(executor, progress));
            while (got.Count < 50) await EventLoop.Yield(); // a result that is there at once is not waited for, and the reports stand in the queue
            Assert.Equal(Enumerable.Range(1, 50).Select(x => (x, true)), got);
        })));
    }

    // A closure of its own, which captures the progress alone.
    private static Task<int> SubmitCapturedAsync(Executor executor, Progress<int> progress) => executor.SubmitAsync(() => Works.CountTo50(progress));

    [Fact]
    public async Task Progress_TakenAlongByTheInitializer_IsTheWorkers()
    {
        var got = new ConcurrentQueue<int>();
        IProgress<int> progress = new Receiver<int>(got.Enqueue);
        await using var executor = Make(with: o => o with
        {
            Initializer = WorkerInitializer.Create(() =>
            {
                progress.Report(-1);
                return progress;
            }),
        });
        for (int i = 0; i < 3; i++) await Timely(executor.SubmitAsync(n => WorkContext.Current!.GetState<IProgress<int>>().Report(n), i));
        Assert.Equal([-1, 0, 1, 2], got);
    }

    [Fact]
    public async Task Progress_ReceiverThrows_DoesNotBreakThePool()
    {
        await using var executor = Make();
        IProgress<int> progress = new Receiver<int>(x => throw new FormatException("receiver"));
        var task = executor.SubmitAsync(Works.CountTo50, progress);
        if (Engine == "processes") Assert.Equal(50, await Timely(task));
        else await Raises<FormatException>(task); // it is called by the method itself
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
    }

    [Fact]
    public async Task Progress_AfterTheItemsEnd_GoesNowhereAndHarmsNothing()
    {
        await using var executor = Make();
        IProgress<int> progress = new Receiver<int>(_ => { });
        await Timely(executor.SubmitAsync(p =>
        {
            new Thread(() =>
            {
                for (int i = 0; i < 200; i++) p.Report(i);
            }).Start();
        }, progress));
        for (int i = 0; i < 20; i++) Assert.Equal(i, await Timely(executor.SubmitAsync(Jobs.Noop, i)));
    }

    [Fact]
    public async Task Activity_OfTheSubmitter_IsTheItemsParent()
    {
        await using var executor = Make();
        using var source = new ActivitySource("tests");
        using var listener = new ActivityListener { ShouldListenTo = static s => s.Name is "tests", Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using var parent = source.StartActivity("submitting")!;
        parent.AddBaggage("who", "tester");
        parent.TraceStateString = "k=v";
        var seen = await Timely(executor.SubmitAsync(Works.CurrentActivity));
        Assert.Equal((parent.TraceId.ToString(), "tester", "k=v"), (seen.Trace, seen.Baggage, seen.State));
        Assert.Equal(seen, await Timely(executor.SubmitAsync(Works.CurrentActivityAsync)));
        Assert.Same(parent, Activity.Current);
        parent.Stop();
        Assert.Equal("", (await Timely(executor.SubmitAsync(Works.CurrentActivity))).Trace);
    }

    // Where somebody listens in the worker, the item has a span of its own.
    [Fact]
    public async Task Activity_Listened_TheItemHasASpan()
    {
        using var folder = new Folder();
        string log = folder["log"];
        await using var executor = Make(with: o => o with { Initializer = WorkerInitializer.Create(() => Works.LogSpans(log)) });
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1, new WorkOptions { Name = "first" })));
        using var source = new ActivitySource("submitters");
        using var listener = new ActivityListener { ShouldListenTo = static s => s.Name is "submitters", Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using var parent = source.StartActivity("submitting")!;
        await Raises<InvalidOperationException>(executor.SubmitAsync(Jobs.Throw, "bad", new WorkOptions { Name = "second" }));
        await Until.TrueAsync(() => Lines(log).Any(l => l.StartsWith("second", StringComparison.Ordinal)), "the spans were written");
        Assert.Contains($"second Error {parent.TraceId} {Engine}", Lines(log));
    }
}
