using Xunit.Sdk;

namespace Simul.Tests.Stress;

// The seed runner itself: it finds the tests, it finds what fails, and says how to see it again.
public class SeedRunnerTests
{
    private static readonly ulong[] s_seeds = [.. Enumerable.Range(1, 200).Select(seed => (ulong)seed)];

    [Fact]
    public void All_FindsThePrimitivesTests_ButNotThoseThatNeedFifo()
    {
        var names = SeededTest.All.Select(test => test.Name).ToList();
        Assert.Contains("Synchronization.AsyncLockTests.Lock_Contended_GoesInOrderOfArrival", names);
        Assert.Contains("Tasks.TaskGroupTests.RunAsync_Exit_WaitsForEveryChild", names);
        Assert.Contains("Suspension.FourSuspensionsTests.Timeout_EndsAnyOfThem_WithItsFinallyBlocks(greenlets)", names);
        Assert.DoesNotContain("Tasks.FutureTests.OnCompleted_RunsInOrder_AlsoWhenDone_AndAFailureStopsNobody", names);
        Assert.Equal(names.Distinct().Count(), names.Count);
    }

    [Fact]
    public void Run_TestWithARace_FailsWithTheSeedAndTheCommandThatReplaysIt()
    {
        var error = Assert.ThrowsAny<XunitException>(() => SeededTest.Of(typeof(Samples), nameof(Samples.FirstSpawnedRunsFirst)).Run(s_seeds));
        Says(error, "Samples.FirstSpawnedRunsFirst failed under seed", "Assert.Equal() Failure", "./test --project Simul.Tests --seed", $"--filter 'FullyQualifiedName={typeof(Samples).FullName}.FirstSpawnedRunsFirst'");
        Assert.DoesNotContain("other threads", error.Message);
        Assert.IsAssignableFrom<XunitException>(error.InnerException);

        // And the seed it names does it again.
        ulong seed = ulong.Parse(error.Message.Split("under seed ")[1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains($"under seed {seed}:", Assert.ThrowsAny<XunitException>(() => SeededTest.Of(typeof(Samples), nameof(Samples.FirstSpawnedRunsFirst)).Run([seed])).Message);
    }

    // L12
    [Fact]
    public void Run_FailureAfterWorkFromOtherThreads_SaysThatItIsNotReplayable()
    {
        var error = Assert.ThrowsAny<XunitException>(() => SeededTest.Of(typeof(Samples), nameof(Samples.FailsAfterAPost)).Run(s_seeds));
        Says(error, "took work from other threads", "may or may not repeat it");
    }

    [Fact]
    public void Run_TestWithoutARace_PassesUnderEachSeedOnce()
    {
        Samples.Runs = 0;
        Samples.Orders.Clear();
        SeededTest.Of(typeof(Samples), nameof(Samples.CountsItsRuns)).Run(s_seeds);
        Assert.Equal(s_seeds.Length, Samples.Runs);
        Assert.Equal(6, Samples.Orders.Distinct().Count()); // of three, each order comes up
    }

    [Fact]
    public async Task Run_AsyncTestOffTheLoop_IsAwaited()
    {
        await Task.Yield();
        Says(Assert.ThrowsAny<XunitException>(() => SeededTest.Of(typeof(Samples), nameof(Samples.FailsLater)).Run([1])), "FailsLater", "later on");
    }

    // Tests as somebody might write them. Not in the primitives' rooms, so that nobody runs them but the tests above.
    public class Samples
    {
        public static List<string> Orders { get; } = [];

        public static int Runs;

        private static string OrderOfThree() => Trace(log => TaskGroup.RunAsync(group =>
        {
            foreach (string name in new[] { "a", "b", "c" })
            {
                group.Spawn(() =>
                {
                    log.Add(name);
                    return Task.CompletedTask;
                });
            }
            return Task.CompletedTask;
        }));

        public void FirstSpawnedRunsFirst() => Assert.Equal("a b c", OrderOfThree());

        public void FailsAfterAPost() => Run(async () =>
        {
            using var open = EventLoop.Current.HoldOpen();
            var posted = new Future<int>();
            new Thread(() => posted.SetResult(1)).Start();
            await posted;
            Assert.Fail("after a post");
        });

        public void CountsItsRuns()
        {
            string order = OrderOfThree();
            lock (Orders)
            {
                Runs++;
                Orders.Add(order);
            }
        }

        public async Task FailsLater()
        {
            await Task.Yield();
            throw new FormatException("later on");
        }
    }
}
