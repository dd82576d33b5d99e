namespace Simul.Tests.Suspension;

public class GeneratorTests
{
    [Fact]
    public void RunAsync_RunsAtOnceToItsFirstWait() => Run(async () =>
    {
        List<string> log = [];
        var task = Generator.RunAsync(Steps());
        log.Add("after");
        await task;
        Assert.Equal(["first", "after", "second"], log);

        IEnumerable<Suspend> Steps()
        {
            log.Add("first");
            yield return Suspend.Yield;
            log.Add("second");
        }
    });

    [Fact]
    public void RunAsync_Null_OrOffTheLoop_Throws()
    {
        Assert.Throws<LoopAffinityException>(() => { _ = Generator.RunAsync([]); });
        Assert.Throws<ArgumentNullException>(() => { _ = Generator.RunAsync(null!); });
    }

    [Fact]
    public void Wait_Fails_FinallyBlocksRunAndTheErrorComesOut() => Run(async () =>
    {
        bool unwound = false;
        await Raises<FormatException>(() => Generator.RunAsync(Steps()));
        Assert.True(unwound);

        IEnumerable<Suspend> Steps()
        {
            try
            {
                yield return Suspend.On(Task.FromException(new FormatException()));
            }
            finally
            {
                unwound = true;
            }
        }
    });

    [Fact]
    public void FinallyThrows_TakesThePlaceOfTheError() => Run(async () =>
    {
        await Raises<NotSupportedException>(() => Generator.RunAsync(Steps()));

        static IEnumerable<Suspend> Steps()
        {
            try
            {
                yield return Suspend.On(Task.FromException(new FormatException()));
            }
            finally
            {
                throw new NotSupportedException();
            }
        }
    });

    [Fact]
    public void Result_BeforeTheYield_Throws() => Run(async () =>
    {
        await Generator.RunAsync(Steps());

        static IEnumerable<Suspend> Steps()
        {
            var suspend = Suspend.On(new ValueTask<int>(3), out var result);
            Says(Assert.Throws<InvalidOperationException>(() => result.Value), "Yield");
            yield return suspend;
            Assert.Equal(3, result.Value);
        }
    });

    // A generator that never has to wait needs no stack for it.
    [Fact]
    public void ManyReadyWaits_NeedNoStack() => Run(async () =>
    {
        int steps = 0;
        await Generator.RunAsync(Steps());
        Assert.Equal(100_000, steps);

        IEnumerable<Suspend> Steps()
        {
            while (steps < 100_000)
            {
                steps++;
                yield return Suspend.On(default(ValueTask));
            }
        }
    });

    [Fact]
    public void ChildFails_CanBeLookedAt() => Run(async () =>
    {
        await Generator.RunAsync(Steps());

        static IEnumerable<Suspend> Steps()
        {
            var child = EventLoop.Current.StartNow(async () =>
            {
                await EventLoop.Yield();
                throw new FormatException();
            });
            yield return Suspend.On(child.WaitAsync());
            Assert.IsType<FormatException>(child.Error);
        }
    });
}
