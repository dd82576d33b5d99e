using Simul.Cli;

namespace Simul.Jobs.Tests;

public sealed class RecommendationTests
{
    [Fact]
    public void Decide_ThreadsAndProcessesWithinNoise_SimplerOne()
    {
        var (engine, reason) = Decide(1, F("sync", 4), F("loop", 4.1), F("threads", 2.1, peak: 40), F("processes", 2.0, peak: 130));
        Assert.Equal("threads", engine);
        Assert.Contains("within the noise and takes 130 MB against 40 MB", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_ProcessesClearlyFaster_ProcessesAndTheCollectorNamed()
    {
        var (engine, reason) = Decide(1, F("sync", 4), F("threads", 3) with { GcShare = 0.3 }, F("processes", 2));
        Assert.Equal("processes", engine);
        Assert.Contains("collector held them still for 30 %", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_AsynchronousWaits_Loop()
    {
        var (engine, reason) = Decide(0.05, F("sync", 10), F("loop", 0.5), F("threads", 0.48), F("processes", 0.9));
        Assert.Equal("loop", engine);
        Assert.Contains("computes 5 %", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.3, "computes all of its time")]
    [InlineData(0.999, "computes all of its time")]
    [InlineData(0.42, "computes 42 % of its time and waits for the rest")]
    [InlineData(0.001, "waits nearly all of its time")]
    public void Decide_SaysHowMuchTheMethodComputes(double cpuShare, string words) =>
        Assert.Contains(words, Decide(cpuShare, F("sync", 4), F("threads", 2), F("processes", 3)).Reason, StringComparison.Ordinal);

    [Fact]
    public void Decide_NothingBeatsOneByOne_Sync() =>
        Assert.Equal("sync", Decide(1, F("sync", 0.05), F("loop", 0.05), F("threads", 0.049), F("processes", 0.4)).Engine);

    [Fact]
    public void Decide_ThreadsGiveOtherResults_NotThreads()
    {
        var (engine, reason) = Decide(1, F("sync", 4), F("threads", 2) with { Equal = false }, F("processes", 2.1));
        Assert.Equal("processes", engine);
        Assert.Contains("On threads the results differ", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_MethodDoesNotRepeatItself_WarnsAndGoesBySpeed()
    {
        var (engine, reason) = Recommendation.Decide([F("sync", 4) with { Equal = false }, F("threads", 2) with { Equal = false }], 2, 1, repeatable: false, asynchronous: false);
        Assert.Equal("threads", engine);
        Assert.Contains("does not give the same result twice", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_OnlyProcessesGotThrough_Processes()
    {
        var (engine, reason) = Decide(1, Broken("sync"), Broken("threads"), F("processes", 3) with { Failed = 1, Speedup = null });
        Assert.Equal("processes", engine);
        Assert.Contains("threads did not get through", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_NobodyGotThrough_NoneAndProcessesNamed()
    {
        var (engine, reason) = Decide(1, Broken("sync"), Broken("threads"));
        Assert.Null(engine);
        Assert.Contains("process engine was not tried", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_MoreItemsFailOnTheFastest_NotIt() =>
        Assert.Equal("sync", Decide(1, F("sync", 4), F("threads", 2) with { Failed = 3, Equal = false }).Engine);

    [Fact]
    public void Decide_SynchronousMethodLooksFasterOnTheLoop_NotTheLoop() =>
        Assert.Equal("threads", Decide(1, F("sync", 4), F("loop", 2), F("threads", 2.1)).Engine);

    private static (string? Engine, string Reason) Decide(double cpuShare, params EngineFigure[] figures) => Recommendation.Decide(figures, 2, cpuShare, repeatable: true, asynchronous: cpuShare < 1);

    private static EngineFigure F(string engine, double wall, double peak = 30) => new(engine, 2, wall, wall, 4 / wall, 1, 1, peak, true, 0, null);

    private static EngineFigure Broken(string engine) => new(engine, 2, null, null, null, null, null, null, false, 0, "x") { Broke = true };
}
