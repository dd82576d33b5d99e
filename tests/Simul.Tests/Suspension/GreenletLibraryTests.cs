namespace Simul.Tests.Suspension;

// A greenlet inside synchronous library code waits without blocking the loop.
public class GreenletLibraryTests
{
    // Runs the body as a greenlet while a ticker counts the seconds: had the loop been blocked, time could not have passed.
    private static void WhileTheLoopGoesOn(Action body) => Run(async () =>
    {
        int ticks = 0;
        await TaskGroup.RunAsync(async group =>
        {
            var ticker = group.Spawn(async () =>
            {
                while (true)
                {
                    await EventLoop.Delay(Sec(1));
                    ticks++;
                }
            });
            await Greenlet.RunAsync(body);
            Assert.Equal((int)EventLoop.Now.TotalSeconds, ticks + (EventLoop.Now.TotalSeconds % 1 == 0 ? Pending(ticks) : 0));
            Assert.True(ticks > 0);
            ticker.Cancel();
        });
    });

    // The ticker's own timer of this very moment may stand behind the greenlet's.
    private static int Pending(int ticks) => (int)EventLoop.Now.TotalSeconds - ticks is 1 ? 1 : 0;

    private static int Rate(int item)
    {
        Greenlet.Delay(Sec(1));
        return -item;
    }

    [Fact]
    public void LinqIterator_Waits() => WhileTheLoopGoesOn(() =>
        Assert.Equal([5, 4, 3], Enumerable.Range(1, 5).OrderBy(Rate).Where(i => Rate(i) < -2).ToList()));

    [Fact]
    public void StringJoin_ConsumesAnEnumerableThatWaits() => WhileTheLoopGoesOn(() =>
    {
        Assert.Equal("-1,-2,-3", string.Join(',', Read()));

        static IEnumerable<int> Read()
        {
            for (int i = 1; i <= 3; i++) yield return Rate(i);
        }
    });

    [Fact]
    public void SortedSet_AndDictionaryComparers_Wait() => WhileTheLoopGoesOn(() =>
    {
        var sorted = new SortedSet<int>(Comparer<int>.Create((a, b) => Rate(a) - Rate(b))) { 1, 3, 2 };
        Assert.Equal([3, 2, 1], sorted);
        Assert.Equal(2, new Dictionary<int, int>(new Slow()) { [1] = 1, [2] = 2 }.Count);
    });

    [Fact]
    public void Lazy_ItsFactoryWaits() => WhileTheLoopGoesOn(() => Assert.Equal(-4, new Lazy<int>(() => Rate(4)).Value));

    [Fact]
    [Seeds(0)] // once a process
    public void StaticConstructor_Waits() => WhileTheLoopGoesOn(() => Assert.Equal(-9, Late.Value));

    [Fact]
    public void ArrayForEach_AndAggregate_Wait() => WhileTheLoopGoesOn(() =>
    {
        int sum = 0;
        Array.ForEach([1, 2], i => sum += Rate(i));
        Assert.Equal(-3, sum);
        Assert.Equal(-6, ((int[])[1, 2, 3]).Aggregate(0, (all, i) => all + Rate(i)));
    });

    [Fact]
    public void Dispose_OfAStreamWriter_WaitsInTheStreamBelow() => WhileTheLoopGoesOn(() =>
    {
        using var stream = new SlowStream();
        using (var writer = new StreamWriter(stream)) writer.Write("moved");
        Assert.Equal(5, stream.Written);
    });

    // A lock held across a wait is legal as long as nobody on the loop wants it meanwhile.
    [Fact]
    public void Lock_HeldAcrossAWait_IsStillHeldAfterwards() => WhileTheLoopGoesOn(() =>
    {
        var gate = new object();
        lock (gate)
        {
            Greenlet.Delay(Sec(2));
            Assert.True(Monitor.IsEntered(gate));
        }
    });

    // Many sorts at once, each waiting in its comparer.
    [Fact]
    public void Sorts_ManyAtOnce_ShareTheLoop()
    {
        var took = Run(() => TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 20; i++)
            {
                int seed = i;
                group.Spawn(() => Greenlet.RunAsync(() =>
                {
                    var random = new Random(seed);
                    var numbers = Enumerable.Range(0, 8).OrderBy(_ => random.Next()).ToList();
                    numbers.Sort((a, b) =>
                    {
                        Greenlet.Delay(Sec(1));
                        return a - b;
                    });
                    Assert.Equal(Enumerable.Range(0, 8), numbers);
                }));
            }
            return Task.CompletedTask;
        }));
        Assert.InRange(took, Sec(7), Sec(40)); // as long as the longest, not as all together
    }

    private static class Late
    {
        public static readonly int Value;

        static Late() => Value = Rate(9);
    }

    private sealed class Slow : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => Rate(x) == Rate(y);

        public int GetHashCode(int obj) => Rate(obj);
    }

    private sealed class SlowStream : MemoryStream
    {
        public int Written { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Greenlet.Delay(Sec(1));
            Written += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
