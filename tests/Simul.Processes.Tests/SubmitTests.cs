namespace Simul.Processes.Tests;

public abstract class SubmitTests(Way way) : PoolTests(way)
{
    private ProcessExecutor Pool(int workers = 1) => Open(new ProcessExecutorOptions { Workers = workers });

    [Fact]
    public async Task Submit_StaticMethod_RunsInAnotherProcess()
    {
        await using var pool = Pool();
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        Assert.NotEqual(Environment.ProcessId, pid);
        Assert.Equal(pid, await pool.SubmitAsync(Jobs.ProcessId));
    }

    [Fact]
    public async Task Submit_Argument_TravelsBothWays()
    {
        await using var pool = Pool();
        Assert.Equal(49, await pool.SubmitAsync(Jobs.Square, 7));
        Assert.Equal("ü\ud800x", await pool.SubmitAsync(Jobs.Echo<string>, "ü\ud800x"));
        Assert.Null(await pool.SubmitAsync(Jobs.Echo<string?>, (string?)null));
        Assert.Equal(new[] { 1.5, double.NaN }, await pool.SubmitAsync(Jobs.Echo<double[]>, new[] { 1.5, double.NaN }));
        Assert.Equal((1, "a"), await pool.SubmitAsync(Jobs.Echo<(int, string)>, (1, "a")));
        Assert.Equal(new Point(3, "p", [1, 2]).ToString(), (await pool.SubmitAsync(Jobs.Echo<Point>, new Point(3, "p", [1, 2]))).ToString());
        Assert.Equal(5, await pool.SubmitAsync(Jobs.Echo<object>, (object)5));
        Assert.Equal(DayOfWeek.Friday, await pool.SubmitAsync(Jobs.Echo<DayOfWeek>, DayOfWeek.Friday));
        Assert.Null(await pool.SubmitAsync(Jobs.Echo<int?>, (int?)null));
        Assert.Equal(new List<string> { "x", "y" }, await pool.SubmitAsync(Jobs.Echo<List<string>>, new List<string> { "x", "y" }));
    }

    [Fact]
    public async Task Submit_LargeArray_ArrivesWhole()
    {
        await using var pool = Pool();
        byte[] large = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(large);
        byte[] back = await pool.SubmitAsync(Jobs.Echo<byte[]>, large);
        Assert.True(large.AsSpan().SequenceEqual(back));
        Assert.Equal(4, await pool.SubmitAsync(Jobs.Square, 2));
    }

    [Fact]
    public async Task Submit_Lambda_WithAndWithoutCapture()
    {
        await using var pool = Pool();
        int a = 5;
        string b = "six";
        int[] c = [7, 8];
        Assert.Equal("5 six 8", await pool.SubmitAsync(() => $"{a} {b} {c[1]}"));
        a = 50;
        Assert.Equal("50", await pool.SubmitAsync(() => a.ToString()));
        Assert.Equal(3, await pool.SubmitAsync(() => 3));
        Assert.Equal(55, await pool.SubmitAsync(x => x + a, 5));
        for (int i = 0; i < 2; i++)
        {
            int inner = i;
            Assert.Equal(50 + i, await pool.SubmitAsync(() => a + inner));
        }
    }

    [Fact]
    public async Task Submit_GenericMethodOfGenericClass_Runs()
    {
        await using var pool = Pool();
        Assert.Equal("Int32 String 5", await pool.SubmitAsync(Generic<int>.Describe<string>, 5));
        Assert.Equal("Double Point 0.5", await pool.SubmitAsync(Generic<double>.Describe<Point>, 0.5));
    }

    [Fact]
    public async Task Submit_WhatCannotBeShipped_FailsWithTheReason()
    {
        await using var pool = Pool();
        Assert.Contains("The object of", (await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(Instance))).Message);
        int local = 1;
        Assert.Contains("'this'", (await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(() => _field + local))).Message);
        Func<int> compiled = System.Linq.Expressions.Expression.Lambda<Func<int>>(System.Linq.Expressions.Expression.Constant(1)).Compile();
        await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(compiled));
        Func<int> both = Jobs.ProcessId;
        both += Jobs.ProcessId;
        Assert.Contains("several", (await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(both))).Message);
        Assert.Equal(4, pool.GetStatistics().TotalFailed);
        Assert.Equal(0, pool.GetStatistics().TotalWorkersStarted);
    }

    [Fact]
    public async Task Submit_Unserialisable_FailsThatItemOnly()
    {
        await using var pool = Pool();
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        var stream = new MemoryStream();
        Assert.Contains("argument", (await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(Jobs.LengthOf, stream))).Message);
        Assert.Contains("'stream'", (await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(() => stream.Length))).Message);
        Assert.Contains("result", (await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(() => new Thread(() => { })))).Message);
        Assert.Contains("no constructor", (await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(Jobs.Echo<NoConstructor>, NoConstructor.Make()))).Message);
        Assert.Equal(pid, await pool.SubmitAsync(Jobs.ProcessId));
    }

    [Fact]
    public async Task Submit_Throwing_ComesBackAsItsOwnTypeWithTheRemoteStack()
    {
        await using var pool = Pool();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => pool.SubmitAsync(Jobs.Throw, "no luck"));
        Assert.Equal("no luck", error.Message);
        Assert.Contains("Jobs.Throw", error.StackTrace);
        var second = await Assert.ThrowsAsync<InvalidOperationException>(() => pool.SubmitAsync(Jobs.Throw, "no luck"));
        Assert.NotSame(error, second);
        var argument = await Assert.ThrowsAsync<ArgumentException>(() => pool.SubmitAsync(Jobs.ThrowAsync, "bad"));
        Assert.Equal("bad (Parameter 'message')", argument.Message);
        var special = await Assert.ThrowsAsync<RemoteException>(() => pool.SubmitAsync(ThrowSpecial));
        Assert.Equal(typeof(SpecialException).FullName, special.RemoteTypeName);
        Assert.Contains("code 7", special.Message);
        Assert.Contains("ThrowSpecial", special.StackTrace);
        var inner = await Assert.ThrowsAsync<InvalidOperationException>(() => pool.SubmitAsync(ThrowWithInner));
        Assert.Equal("outer", inner.Message);
        Assert.Equal("inner", Assert.IsType<FormatException>(inner.InnerException).Message);
        var many = await Assert.ThrowsAsync<AggregateException>(() => pool.SubmitAsync(ThrowMany));
        Assert.Equal(2, many.InnerExceptions.Count);
    }

    [Fact]
    public async Task Submit_CancellationExceptionNobodyAskedFor_IsAFailure()
    {
        await using var pool = Pool();
        var task = pool.SubmitAsync(ThrowCancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.True(task.IsFaulted);
    }

    [Fact]
    public async Task Submit_InAWorker_SeesItsContextAndCleanLocals()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, Name = "chess" });
        Assert.Equal(("processes", "chess-1", true), await pool.SubmitAsync(Jobs.Where));
        Assert.Equal("", await pool.SubmitAsync(LeaveLocal, "secret"));
        Assert.Equal("", await pool.SubmitAsync(LeaveLocal, "other"));
    }

    [Fact]
    public async Task Submit_AfterDispose_Throws()
    {
        var pool = Pool();
        await pool.DisposeAsync();
        await pool.DisposeAsync();
        await Assert.ThrowsAsync<ExecutorClosedException>(() => pool.SubmitAsync(Jobs.ProcessId));
    }

    [Fact]
    public async Task Submit_PoolInsideAWorker_IsItsOwn()
    {
        await using var pool = Pool();
        Assert.Equal((36, true), await pool.SubmitAsync(NestedAsync, 6));
    }

    private readonly int _field = 1;

    private int Instance() => _field;

    private static int ThrowSpecial() => throw new SpecialException(7);

    private static int ThrowWithInner() => throw new InvalidOperationException("outer", new FormatException("inner"));

    private static int ThrowMany() => throw new AggregateException(new FormatException("a"), new TimeoutException("b"));

    private static int ThrowCancelled() => throw new OperationCanceledException();

    private static readonly AsyncLocal<string?> s_local = new();

    private static string LeaveLocal(string value)
    {
        string before = s_local.Value ?? "";
        s_local.Value = value;
        return before;
    }

    private static async Task<(int, bool)> NestedAsync(int value)
    {
        await using var inner = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        int square = await inner.SubmitAsync(Jobs.Square, value);
        return (square, await inner.SubmitAsync(Jobs.ProcessId) != Environment.ProcessId);
    }

    public sealed record Point(int X, string Name, int[] More)
    {
        public override string ToString() => $"{X} {Name} {string.Join(',', More)}";
    }

    public static class Generic<T>
    {
        public static string Describe<TOther>(T value) => $"{typeof(T).Name} {typeof(TOther).Name} {Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)}";
    }

    public sealed class NoConstructor
    {
        private NoConstructor(int value) => Value = value;

        public int Value { get; }

        public static NoConstructor Make() => new(1);
    }

    private sealed class SpecialException(int code) : Exception($"code {code}");
}

public sealed class SharedMemorySubmitTests() : SubmitTests(Way.SharedMemory);

public sealed class SocketSubmitTests() : SubmitTests(Way.Sockets);

public sealed class PortableSubmitTests() : SubmitTests(Way.Portable);
