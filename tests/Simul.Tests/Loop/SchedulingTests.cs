namespace Simul.Tests.Loop;

public class SchedulingTests
{
    private static string Order(SchedulingPolicy policy) => Trace(async log =>
    {
        await TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 12; i++)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    await EventLoop.Yield();
                    log.Add($"{n}");
                });
            }
            return Task.CompletedTask;
        });
    }, o => o with { Scheduling = policy });

    [Fact]
    public void Seeded_SameSeed_SameOrder_OtherSeed_Another()
    {
        string first = Order(SchedulingPolicy.SeededRandom(1));
        Assert.Equal(first, Order(SchedulingPolicy.SeededRandom(1)));
        Assert.NotEqual(first, Order(SchedulingPolicy.SeededRandom(2)));
        Assert.NotEqual(first, Order(SchedulingPolicy.Fifo));
        Assert.Equal(Order(SchedulingPolicy.Fifo).Split(' ').Order(), first.Split(' ').Order());
    }

    // The numbers are part of the promise: the same on every machine and in every version.
    [Fact]
    public void Seeded_Numbers_AreFixed()
    {
        var policy = SchedulingPolicy.SeededRandom(42);
        Assert.Equal([74, 15, 27], Enumerable.Range(0, 3).Select(_ => policy.Next(100)));
        for (int i = 1; i < 1000; i++) Assert.InRange(policy.Next(i), 0, i - 1);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void BadPolicy_ChoosesNothingOfTheTurns_EndsRunWithItsName(int choice)
    {
        bool unwound = false;
        var error = Assert.Throws<InvalidOperationException>(() => Run(async () =>
        {
            try
            {
                for (int i = 0; i < 10_000; i++) await EventLoop.Yield();
            }
            finally
            {
                unwound = true;
            }
        }, o => o with { Scheduling = new Stubborn(() => choice) }));
        Says(error, "stubborn", $"{choice}");
        Assert.True(unwound);
    }

    [Fact]
    public void BadPolicy_Throws_ItsExceptionComesOutAndNothingIsLost()
    {
        int ran = 0;
        Assert.Throws<FormatException>(() => Run(async () =>
        {
            for (int i = 0; i < 10; i++) EventLoop.Current.CallSoon(() => ran++);
            await EventLoop.Delay(Timeout.InfiniteTimeSpan);
        }, o => o with { Scheduling = new Stubborn(() => throw new FormatException()) }));
        Assert.Equal(10, ran);
    }

    [Fact]
    public void BadPolicy_WithAHandler_IsReportedOnce()
    {
        List<Exception> errors = [];
        Run(async () =>
        {
            for (int i = 0; i < 10; i++) await EventLoop.Yield();
        }, o => o with { Scheduling = new Stubborn(() => 77), UnhandledError = errors.Add });
        Assert.Single(errors);
    }

    // Does well for a while.
    private sealed class Stubborn(Func<int> choice) : SchedulingPolicy
    {
        private int _asked;

        public override int Next(int remaining) => ++_asked <= 5 ? 0 : choice();

        public override string ToString() => "stubborn";
    }
}
