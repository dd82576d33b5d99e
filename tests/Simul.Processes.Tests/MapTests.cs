namespace Simul.Processes.Tests;

public abstract class MapTests(Way way) : PoolTests(way)
{
    [Fact]
    public async Task Map_TenThousandItems_InTheOrderOfTheInputs()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2 });
        int expected = 0;
        await foreach (int value in pool.MapAsync(Enumerable.Range(0, 10_000), Jobs.Noop)) Assert.Equal(expected++, value);
        Assert.Equal(10_000, expected);
        Assert.Equal(10_000, pool.GetStatistics().TotalCompleted);
    }

    [Fact]
    public async Task Map_AnItemThrows_AtItsPosition()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2 });
        var seen = new List<int>();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (int value in pool.MapAsync(Enumerable.Range(0, 100), i => i == 7 ? Jobs.Throw("seven") : i)) seen.Add(value);
        });
        Assert.Equal("seven", error.Message);
        Assert.Equal(Enumerable.Range(0, 7), seen);
    }

    [Fact]
    public async Task MapOutcomes_CrashesAndErrors_FailOnlyTheirItems()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2, OutputHandler = _ => { } });
        var outcomes = new List<WorkOutcome<int, int>>();
        await foreach (var outcome in pool.MapOutcomesAsync(Enumerable.Range(0, 60), Sometimes)) outcomes.Add(outcome);
        Assert.Equal(60, outcomes.Count);
        foreach (var outcome in outcomes)
        {
            if (outcome.Input % 20 == 10) Assert.IsType<WorkerCrashedException>(outcome.Error);
            else if (outcome.Input % 20 == 5) Assert.IsType<FormatException>(outcome.Error);
            else Assert.Equal((outcome.Input, null), (outcome.Result, outcome.Error));
        }
    }

    [Fact]
    public async Task Workers_StartOnDemandAndIdleOnesAreReused()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 8 });
        Assert.Equal(0, pool.GetStatistics().TotalWorkersStarted);
        for (int i = 0; i < 20; i++) await pool.SubmitAsync(Jobs.Square, i);
        Assert.Equal(1, pool.GetStatistics().TotalWorkersStarted);
    }

    [Fact]
    public async Task Observer_HearsBeginningAndEndOnNamedWorkers()
    {
        var observer = new Recorder();
        await using (var pool = Open(new ProcessExecutorOptions { Workers = 1, Observer = observer, OutputHandler = _ => { } }))
        {
            await pool.SubmitAsync(Jobs.Square, 2, new WorkOptions { Name = "two" });
            await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.Exit, 3));
        }
        Assert.Equal(["+processes process-1 two", "-two Completed", "+processes process-1 Exit", "-Exit Failed"], observer.Events);
    }

    private static int Sometimes(int value) => (value % 20) switch
    {
        10 => Jobs.Exit(3),
        5 => throw new FormatException("five"),
        _ => value,
    };

    private sealed class Recorder : WorkObserver
    {
        public List<string> Events { get; } = [];

        public override void Started(in WorkEvent work) => Add($"+{work.Engine} {work.Worker} {work.Name}");

        public override void Ended(in WorkEvent work, WorkEnd outcome) => Add($"-{work.Name} {outcome}");

        private void Add(string text)
        {
            lock (Events) Events.Add(text);
        }
    }
}

public sealed class SharedMemoryMapTests() : MapTests(Way.SharedMemory);

public sealed class SocketMapTests() : MapTests(Way.Sockets);
