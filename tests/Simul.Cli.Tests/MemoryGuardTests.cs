namespace Simul.Cli.Tests;

public class MemoryGuardTests
{
    private const long Gib = 1L << 30;

    [Theory]
    [InlineData(4, true, false)]
    [InlineData(2, true, false)]
    [InlineData(1.5, false, false)]
    [InlineData(1, false, false)]
    [InlineData(0.9, false, true)]
    public void Free_TwoGibAskedFor_StartsAndSheds(double available, bool mayStart, bool mustShed)
    {
        var guard = new MemoryGuard(new Fake { AvailableBytes = (long)(available * Gib) }, 2 * Gib, null, new FakeClock());
        Assert.Equal((mayStart, mustShed), (guard.MayStart, guard.MustShed));
        Assert.Contains("--memory-free wants 2 GiB", guard.Waiting);
    }

    [Fact]
    public void Free_IsLookedAtOnceAPeriod()
    {
        var memory = new Fake { AvailableBytes = 4 * Gib };
        var clock = new FakeClock();
        var guard = new MemoryGuard(memory, 2 * Gib, null, clock);
        Assert.True(guard.MayStart);
        memory.AvailableBytes = Gib;
        Assert.True(guard.MayStart);
        clock.Pass(MemoryGuard.Period);
        Assert.False(guard.MayStart);
        Assert.Equal(2, memory.Looks);
    }

    [Fact]
    public void Limit_VerdictNamesBothAmounts()
    {
        var guard = new MemoryGuard(new Fake { Tree = { [7] = 3 * Gib, [8] = Gib } }, null, 2 * Gib, new FakeClock());
        Assert.Equal("used 3 GiB of memory, more than --memory-limit 2 GiB", guard.Verdict(7));
        Assert.Null(guard.Verdict(8));
        Assert.Null(guard.Verdict(9)); // gone
        Assert.True(guard.MayStart);
        Assert.False(guard.MustShed);
    }

    [Fact]
    public void SystemMemory_OnLinux_SeesThisProcess()
    {
        if (!OperatingSystem.IsLinux()) return;
        var memory = new SystemMemory();
        Assert.InRange(memory.Available(), 1 << 20, long.MaxValue - 1);
        Assert.InRange(memory.OfTree(Environment.ProcessId), 10 << 20, 100 * Gib);
        Assert.Equal(0, memory.OfTree(int.MaxValue));
    }

    private sealed class Fake : IMemoryReader
    {
        public long AvailableBytes { get; set; }

        public int Looks { get; private set; }

        public Dictionary<int, long> Tree { get; } = [];

        public long Available()
        {
            Looks++;
            return AvailableBytes;
        }

        public long OfTree(int process) => Tree.GetValueOrDefault(process);
    }

    private sealed class FakeClock : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
