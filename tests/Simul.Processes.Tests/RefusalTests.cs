using System.Collections;

namespace Simul.Processes.Tests;

// What cannot travel is refused when it is submitted, with the place and the mend.
public abstract class RefusalTests(Way way) : PoolTests(way)
{
    private ProcessExecutor Pool() => Open(new ProcessExecutorOptions { Workers = 1 });

    [Fact]
    public async Task CapturedValuesOfThisProcess_AreNamed()
    {
        await using var pool = Pool();
        await Refused(pool, () => pool.SubmitAsync(() => pool.Workers), "'pool' captured by", "Simul.ProcessExecutor", "executor of its own");
        await Captured(pool, (Stream)new MemoryStream(), "ProcessPipe");
        await Captured(pool, new CancellationTokenSource().Token, "last parameter");
        await Captured(pool, new ManualResetEvent(false), "ProcessEvent");
        await Captured(pool, new Func<int>(() => 1), "Submit the method itself");
        await Captured(pool, Thread.CurrentThread, "Let the method start one");
        await Captured(pool, (nint)5, "Int64");
        await Captured(pool, (object)Thread.CurrentThread, "System.Threading.Thread");
        await Captured(pool, Task.FromResult(1), "Await it");
        await Captured(pool, EventLoop.Run(() => Task.FromResult(EventLoop.Current)), "EventLoop.Current");
        Assert.Equal(0, pool.GetStatistics().TotalWorkersStarted);
    }

    // The compiler puts what all lambdas of a scope capture into one object.
    [Fact]
    public async Task CapturedValuesOfOtherLambdas_AreNotInTheWay()
    {
        await using var pool = Pool();
        var stream = new MemoryStream([1, 2, 3]);
        int number = 5;
        Func<long> length = () => stream.Length + _field + pool.Workers;
        Assert.Equal(6, await pool.SubmitAsync(() => number + 1));
        Assert.Equal(7, await pool.SubmitAsync(async () =>
        {
            await EventLoop.Delay(TimeSpan.FromMilliseconds(1));
            return Enumerable.Range(0, 3).Select(i => i + number).Last();
        }));
        Assert.Equal(new[] { 6, 7 }, await Task.WhenAll(Enumerable.Range(1, 2).Select(i => pool.SubmitAsync(() => number + i))));
        Assert.Equal(9, length());
        // Used, however far away.
        await Refused(pool, () => pool.SubmitAsync(async () =>
        {
            await Task.Yield();
            return Enumerable.Range(0, 3).Select(i => i + Inner()).Last();
        }), "'stream' captured by");
        await Refused(pool, () => pool.SubmitAsync(() => number + _field), "'this'");
        await Refused(pool, () => pool.SubmitAsync(() => Enumerate().Sum()), "'stream' captured by");

        long Inner() => stream.Length;

        IEnumerable<long> Enumerate()
        {
            yield return stream.Length;
        }
    }

    private readonly int _field = 5;

    [Fact]
    public async Task Arguments_NameThePathOfTheProperty()
    {
        await using var pool = Pool();
        var inner = new Inner { Log = new MemoryStream() };
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<Inner>, inner), "The argument of", "RefusalTests+Inner.Log, of type System.IO.Stream,", "ProcessPipe");
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<Outer>, new Outer(1, [new Inner(), inner], null)), "RefusalTests+Outer.Inners[1].Log");
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<Outer>, new Outer(1, [], new() { ["x"] = inner })), "RefusalTests+Outer.ByName[0].Value.Log");
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<Inner[]>, new[] { inner }), "Inner[][0].Log");
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<SubmitTests.NoConstructor>, SubmitTests.NoConstructor.Make()), "no constructor", "[JsonConstructor]");
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<IShape>, new Square(2)), "an interface", "[JsonDerivedType(");
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<Hidden>, new Hidden(1)), "private fields");
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<Unmatched>, new Unmatched("a")), "constructor parameter 'text'", "make it a record");
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<Unfillable>, new Unfillable()), "cannot fill again");
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<IAsyncEnumerable<int>>, AsyncEnumerable.Range(1, 2)), "ToListAsync");
        Assert.Equal(0, pool.GetStatistics().TotalWorkersStarted);
    }

    // Where nothing of the kind is in the value, it travels.
    [Fact]
    public async Task WhatIsNullOrEmpty_IsNotInTheWay()
    {
        await using var pool = Pool();
        Assert.Null((await pool.SubmitAsync(Jobs.Echo<Inner>, new Inner())).Log);
        Assert.Equal(5, (await pool.SubmitAsync(Jobs.Echo<Outer>, new Outer(5, [new Inner()], []))).Number);
        IShape? shape = null;
        Hidden? hidden = null;
        Assert.True(await pool.SubmitAsync(() => shape is null && hidden is null));
    }

    [Fact]
    public async Task Cycles_SayWhereTheyGo()
    {
        await using var pool = Pool();
        var node = new Node { Name = "a" };
        node.Next = new Node { Name = "b", Next = node };
        await Refused(pool, () => pool.SubmitAsync(Jobs.Echo<Node>, node), "refers back to itself", "$.Next.Next", "ReferenceHandler.Preserve");
        Assert.Equal("b", (await pool.SubmitAsync(Jobs.Echo<Node>, new Node { Name = "a", Next = new Node { Name = "b" } })).Next!.Name);
    }

    [Fact]
    public async Task Results_AreRefusedBeforeTheMethodRuns()
    {
        await using var pool = Pool();
        await Refused(pool, () => pool.SubmitAsync(Open), "The result of", "System.IO.Stream", "ProcessPipe");
        await Refused(pool, () => pool.SubmitAsync(OpenAsync), "The result of", "System.IO.Stream");
        await Refused(pool, () => pool.SubmitAsync(() => new Hidden(1)), "The result of", "private fields");
        await Refused(pool, () => pool.SubmitAsync(() => new Always(new MemoryStream())), "The result of", "Always.Log");
        Assert.Equal(0, pool.GetStatistics().TotalWorkersStarted);
        // May be null, so it is tried; what then comes cannot be sent back.
        await Refused(pool, () => pool.SubmitAsync(() => new Inner { Log = new MemoryStream() }), "The result of", "Inner.Log");
        Assert.Null((await pool.SubmitAsync(() => new Inner())).Log);
        var child = Assert.Throws<WorkSerializationException>(() => ChildProcess.Start(Open));
        Assert.Contains("The result of", child.Message);
    }

    // Looking through a value must not run what yields.
    [Fact]
    public async Task Sequences_AreRunOnce()
    {
        await using var pool = Pool();
        int made = 0;
        Assert.Equal(3, await pool.SubmitAsync(CountOf, Make()));
        Assert.Equal(3, made);

        IEnumerable<Inner> Make()
        {
            for (int i = 0; i < 3; i++)
            {
                made++;
                yield return new Inner();
            }
        }
    }

    private static int CountOf(IEnumerable<Inner> all) => all.Count();

    // What a type has beside its data does not stop it.
    [Fact]
    public async Task WhatIsNotLost_IsNotRefused()
    {
        await using var pool = Pool();
        Assert.Equal(7, (await pool.SubmitAsync(Jobs.Echo<Cached>, new Cached { Number = 7 })).Twice / 2);
        Assert.Equal("3 a", await pool.SubmitAsync(new Stateless().Join, (3, "a")));
        Assert.Equal(4, (Assert.IsType<Circle>(await pool.SubmitAsync(Jobs.Echo<Shape>, new Circle { Radius = 4 }))).Radius);
        Assert.Equal(new { A = 1, B = "x" }, await Echo(pool, new { A = 1, B = "x" }));
    }

    private static Task Captured<T>(ProcessExecutor pool, T value, string mend) => Refused(pool, () => pool.SubmitAsync(() => value!.ToString()), "'value' captured by", mend);

    private static Task<T> Echo<T>(ProcessExecutor pool, T value) => pool.SubmitAsync(Jobs.Echo<T>, value);

    private static async Task Refused(ProcessExecutor pool, Func<Task> submit, params string[] parts)
    {
        var refused = await Assert.ThrowsAsync<WorkSerializationException>(submit);
        foreach (string part in parts) Assert.Contains(part, refused.Message);
        Assert.DoesNotContain("arrived", refused.Message);
    }

    private static Stream Open() => new MemoryStream();

    private static Task<Stream> OpenAsync() => Task.FromResult(Open());

    public sealed class Inner
    {
        public string? Name { get; set; }

        public Stream? Log { get; set; }
    }

    public sealed record Outer(int Number, List<Inner> Inners, Dictionary<string, Inner>? ByName);

    public sealed record Always(Stream Log);

    public interface IShape
    {
        int Side { get; }
    }

    public sealed record Square(int Side) : IShape;

    [System.Text.Json.Serialization.JsonDerivedType(typeof(Circle), "circle")]
    public abstract class Shape;

    public sealed class Circle : Shape
    {
        public int Radius { get; set; }
    }

    public sealed class Hidden(int value)
    {
        private int _value = value;

        public int Next() => _value++;

        public Hidden()
            : this(0)
        {
        }
    }

    public sealed class Unmatched
    {
        public Unmatched(string text) => Length = text.Length;

        public int Length { get; }
    }

    public sealed class Unfillable : IEnumerable<string>
    {
        public IEnumerator<string> GetEnumerator() => Enumerable.Empty<string>().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    public sealed class Node
    {
        public string? Name { get; set; }

        public Node? Next { get; set; }
    }

    public sealed class Cached
    {
        private readonly Lock _gate = new();
        private int? _twice;

        public int Number { get; set; }

        public int Twice
        {
            get
            {
                lock (_gate) return _twice ??= Number * 2;
            }
        }
    }

    public sealed class Stateless
    {
        private readonly string _separator = " ";

        public string Join((int, string) parts) => $"{parts.Item1}{_separator}{parts.Item2}";
    }
}

public sealed class SharedMemoryRefusalTests() : RefusalTests(Way.SharedMemory);

public sealed class SocketRefusalTests() : RefusalTests(Way.Sockets);
