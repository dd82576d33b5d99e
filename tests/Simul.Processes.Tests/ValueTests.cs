using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;

namespace Simul.Processes.Tests;

// Each kind of value, both ways: by itself, and inside of others.
public abstract class ValueTests(Way way) : PoolTests(way)
{
    private ProcessExecutor Pool() => Open(new ProcessExecutorOptions { Workers = 1 });

    [Fact]
    public async Task Arrays_OfSeveralDimensionsAndOfArrays_TravelBothWays()
    {
        await using var pool = Pool();
        double[,] grid = { { 1, 2, double.NaN }, { 4, 5, 6 } };
        Assert.Equal(grid, await pool.SubmitAsync(Jobs.Echo<double[,]>, grid));
        Assert.Equal(new byte[0, 5], await pool.SubmitAsync(Jobs.Echo<byte[,]>, new byte[0, 5]));
        Assert.Null(await pool.SubmitAsync(Jobs.Echo<byte[,,]?>, (byte[,,]?)null));
        var cube = new bool[2, 3, 4];
        cube[1, 2, 3] = true;
        Assert.Equal(cube, await pool.SubmitAsync(Jobs.Echo<bool[,,]>, cube));
        var shifted = (int[,])Array.CreateInstance(typeof(int), [2, 2], [5, -1]);
        shifted[6, 0] = 9;
        Assert.Equal(9, (await pool.SubmitAsync(Jobs.Echo<int[,]>, shifted))[6, 0]);
        int[]?[] jagged = [[1, 2], null, [], [3]];
        Assert.Equal(jagged, await pool.SubmitAsync(Jobs.Echo<int[]?[]>, jagged));
        char[][][] deep = [[['a'], []], [], [['\ud800', 'c']]];
        Assert.Equal(deep, await pool.SubmitAsync(Jobs.Echo<char[][][]>, deep));
        var large = new float[700, 900];
        large[699, 899] = 1.5f;
        Assert.Equal(large, await pool.SubmitAsync(Jobs.Echo<float[,]>, large));
        string?[][] texts = [["a", null], []];
        Assert.Equal(texts, await pool.SubmitAsync(Jobs.Echo<string?[][]>, texts));
    }

    [Fact]
    public async Task Lists_OfNumbers_TravelBothWays()
    {
        await using var pool = Pool();
        Assert.Equal([1, 2, 3], await pool.SubmitAsync(Jobs.Echo<List<int>>, new List<int> { 1, 2, 3 }));
        Assert.Empty(await pool.SubmitAsync(Jobs.Echo<List<Guid>>, new List<Guid>()));
        Assert.Null(await pool.SubmitAsync(Jobs.Echo<List<int>?>, (List<int>?)null));
        var large = Enumerable.Range(0, 300_000).Select(i => (i, i * 0.5)).ToList();
        Assert.Equal(large, await pool.SubmitAsync(Jobs.Echo<List<(int, double)>>, large));
        Assert.Equal(new[] { 1L, 2L }, (await pool.SubmitAsync(Jobs.Echo<ImmutableArray<long>>, ImmutableArray.Create(1L, 2L))).ToArray());
        Assert.True((await pool.SubmitAsync(Jobs.Echo<ImmutableArray<long>>, default(ImmutableArray<long>))).IsDefault);
        ImmutableArray<double> many = [.. Enumerable.Range(0, 300_000).Select(i => i * 0.5)];
        Assert.Equal(many.ToArray(), (await pool.SubmitAsync(Jobs.Echo<ImmutableArray<double>>, many)).ToArray());
        Assert.Equal(new[] { "a", "b" }, (await pool.SubmitAsync(Jobs.Echo<ImmutableArray<string>>, ImmutableArray.Create("a", "b"))).ToArray());
    }

    [Fact]
    public async Task ValuesOfTheBaseLibrary_TravelBothWays()
    {
        await using var pool = Pool();
        async Task Same<T>(T value)
        {
            Assert.Equal(value, await pool.SubmitAsync(Jobs.Echo<T>, value));
            Assert.Equal(value, (await pool.SubmitAsync(Jobs.Echo<Holds<T>>, new Holds<T>("a", value))).Value);
            Assert.Equal(value, (await pool.SubmitAsync(Jobs.Echo<object>, (object)value!)));
        }
        await Same(BigInteger.Pow(-3, 500));
        await Same(new Complex(1.5, double.NegativeInfinity));
        await Same(new Half[] { (Half)1.5, Half.NaN });
        await Same((Half)0.25);
        await Same(DateTimeOffset.Parse("2026-03-01T12:00:00.1234567+05:30", CultureInfo.InvariantCulture));
        await Same(new DateOnly(2026, 3, 1));
        await Same(new Uri("https://example.org/a?b=c"));
        await Same(new Uri("relative/path", UriKind.Relative));
        await Same(new Version(1, 2, 3));
        await Same(IPAddress.Parse("fe80::1%3"));
        await Same(new IPEndPoint(IPAddress.Loopback, 80));
        await Same(CultureInfo.InvariantCulture);
        await Same(TimeZoneInfo.Utc);
        await Same(typeof(Dictionary<string, Holds<int>>));
        await Same(new Money(12.5m));
        await Same(1..^2);
        await Same(new Rune('é'));
        await Same(Int128.MaxValue);
        Assert.Equal(Encoding.Latin1.WebName, (await pool.SubmitAsync(Jobs.Echo<Encoding>, Encoding.Latin1)).WebName);
    }

    [Fact]
    public async Task Exceptions_AreValuesToo()
    {
        await using var pool = Pool();
        Assert.Equal("no luck", Assert.IsType<FormatException>(await pool.SubmitAsync(Jobs.Echo<Exception>, (Exception)new FormatException("no luck"))).Message);
        var result = await pool.SubmitAsync(Caught, "here");
        Assert.Equal("here", Assert.IsType<InvalidOperationException>(result.Value).Message);
        Assert.Contains(nameof(Caught), result.Value.StackTrace);
        Assert.IsType<TimeoutException>(result.Value.InnerException);
        Assert.Equal(typeof(Special).FullName, Assert.IsType<RemoteException>(await pool.SubmitAsync(Jobs.Echo<Exception>, (Exception)new Special(7))).RemoteTypeName);
        Assert.Null(await pool.SubmitAsync(Jobs.Echo<Exception?>, (Exception?)null));
        var refused = await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(Jobs.Echo<Special>, new Special(7)));
        Assert.Contains("declare the value as System.Exception", refused.Message);
    }

    // A copy has all that the original had.
    [Fact]
    public async Task PropertiesWithoutAPublicSetter_AreNotLost()
    {
        await using var pool = Pool();
        var page = new Page { Text = "a" };
        page.Visit();
        page.Words.Add("b");
        var copy = await pool.SubmitAsync(Jobs.Echo<Page>, page);
        Assert.Equal((page.Text, page.Id, 1), (copy.Text, copy.Id, copy.Visits));
        Assert.Equal(["b"], copy.Words);
    }

    [Fact]
    public async Task Collections_ArriveInTheirOrder()
    {
        await using var pool = Pool();
        Assert.Equal(new Stack<string>(["a", "b", "c"]), await pool.SubmitAsync(Jobs.Echo<Stack<string>>, new Stack<string>(["a", "b", "c"])));
        Assert.Equal(new Queue<string>(["a", "b"]), await pool.SubmitAsync(Jobs.Echo<Queue<string>>, new Queue<string>(["a", "b"])));
        Assert.Equal([0, 1, 4], await pool.SubmitAsync(Squares, 3)); // what yields is run to its end, in the worker
        Assert.Equal(["1", "2"], await pool.SubmitAsync(Jobs.Echo<IEnumerable<string>>, Enumerable.Range(1, 2).Select(i => $"{i}")));
        var byName = new Dictionary<string, double[,]> { ["x"] = new double[,] { { 1, 2 } } };
        Assert.Equal(byName["x"], (await pool.SubmitAsync(Jobs.Echo<Dictionary<string, double[,]>>, byName))["x"]);
        Assert.Equal([1, 2], await pool.SubmitAsync(Jobs.Echo<IReadOnlyList<int>>, (IReadOnlyList<int>)[1, 2]));
        Assert.Equal(new HashSet<DayOfWeek> { DayOfWeek.Friday }, await pool.SubmitAsync(Jobs.Echo<ISet<DayOfWeek>>, (ISet<DayOfWeek>)new HashSet<DayOfWeek> { DayOfWeek.Friday }));
    }

    private static IEnumerable<int> Squares(int count)
    {
        for (int i = 0; i < count; i++) yield return i * i;
    }

    private static Holds<Exception> Caught(string message)
    {
        try
        {
            throw new InvalidOperationException(message, new TimeoutException());
        }
        catch (InvalidOperationException error)
        {
            return new("caught", error);
        }
    }

    public sealed record Holds<T>(string Name, T Value);

    public readonly struct Money(decimal amount)
    {
        public decimal Amount { get; } = amount;
    }

    public sealed class Page
    {
        public string? Text { get; set; }

        public Guid Id { get; } = Guid.NewGuid();

        public int Visits { get; private set; }

        public List<string> Words { get; } = [];

        public void Visit() => Visits++;
    }

    public sealed class Special(int code) : Exception($"code {code}");
}

public sealed class SharedMemoryValueTests() : ValueTests(Way.SharedMemory);

public sealed class SocketValueTests() : ValueTests(Way.Sockets);
