namespace Simul.Processes.Tests;

// Arguments, captured values and results far larger than a message.
public abstract class LargePayloadTests(Way way) : PoolTests(way)
{
    private const int Length = 1_000_003; // no multiple of anything

    private ProcessExecutor Pool(int workers = 1) => Open(new ProcessExecutorOptions { Workers = workers, Grace = TimeSpan.FromMilliseconds(100) });

    [Fact]
    public async Task EachKindOfLargeValue_TravelsBothWays()
    {
        await using var pool = Pool();
        double[] doubles = [.. Enumerable.Range(0, Length).Select(i => i * 0.5)];
        Assert.Equal(doubles, await pool.SubmitAsync(Jobs.Echo<double[]>, doubles));
        string text = string.Concat(Enumerable.Range(0, Length / 5).Select(i => $"é{i % 10}\ud800"));
        Assert.Equal(text, await pool.SubmitAsync(Jobs.Echo<string>, text));
        var list = Enumerable.Range(0, Length).ToList();
        Assert.True(list.SequenceEqual(await pool.SubmitAsync(Jobs.Echo<List<int>>, list)));
        Assert.Equal(doubles, (double[])await pool.SubmitAsync(Jobs.Echo<object>, (object)doubles));
        int[] ints = [.. list];
        Assert.Equal(list.Sum(i => (long)i) + 1, await pool.SubmitAsync(() => ints.Sum(i => (long)i) + 1)); // captured
        Assert.Equal(Enumerable.Reverse(list), (await pool.SubmitAsync(Jobs.Reverse, ints.AsMemory())).ToArray());
        Assert.Equal(0, ints[0]); // its copy was turned round
    }

    [Fact]
    public async Task ReadOnlyMemory_OfAnySize_IsReadWhereItLies()
    {
        await using var pool = Pool();
        double[] numbers = new double[Length];
        Array.Fill(numbers, 0.25);
        Assert.Equal(Length * 0.25, await pool.SubmitAsync(Jobs.Sum, (ReadOnlyMemory<double>)numbers));
        Assert.Equal(0.75, await pool.SubmitAsync(Jobs.Sum, (ReadOnlyMemory<double>)numbers.AsMemory(2, 3)));
        Assert.Equal(0, await pool.SubmitAsync(Jobs.Sum, ReadOnlyMemory<double>.Empty));
        Assert.Equal(numbers, (await pool.SubmitAsync(Jobs.Echo<ReadOnlyMemory<double>>, (ReadOnlyMemory<double>)numbers)).ToArray());
    }

    // What an item sees of its argument is a snapshot of the moment when it was submitted.
    [Fact]
    public async Task WhatChangesAfterTheSubmission_IsNotSeen()
    {
        await using var pool = Pool();
        double[] numbers = new double[Length];
        var sums = new List<Task<double>>();
        for (int i = 0; i < 8; i++)
        {
            Array.Fill(numbers, i);
            sums.Add(pool.SubmitAsync(Jobs.Sum, (ReadOnlyMemory<double>)numbers));
        }
        for (int i = 0; i < 8; i++) Assert.Equal((double)i * Length, await sums[i]);
    }

    [Fact]
    public async Task ManyAtOnce_OnSeveralWorkers_EachGetsItsOwn()
    {
        await using var pool = Pool(workers: 2);
        var random = new Random(1);
        var inputs = Enumerable.Range(0, 200).Select(i =>
        {
            int[] input = new int[random.Next(1, 200_000)];
            Array.Fill(input, i);
            return input;
        });
        int count = 0;
        await foreach (var outcome in pool.MapOutcomesAsync(inputs, Jobs.Echo<int[]>, new MapOptions { LookAhead = 30 }))
        {
            Assert.Null(outcome.Error);
            Assert.True(outcome.Input.AsSpan().SequenceEqual(outcome.Result));
            count++;
        }
        Assert.Equal(200, count);
    }

    // Those behind it in the pipe go to the next worker with their arguments.
    [Fact]
    public async Task WorkerThatDies_TakesOnlyItsOwnItemWithIt()
    {
        await using var pool = Pool();
        byte[] large = new byte[300_000];
        Array.Fill(large, (byte)7);
        await pool.SubmitAsync(Jobs.Echo<byte[]>, large); // it is known to be quick, so that the others are sent behind it
        var crash = pool.SubmitAsync(Jobs.KillWith, large);
        var others = Enumerable.Range(0, 5).Select(_ => pool.SubmitAsync(Jobs.Echo<byte[]>, large)).ToArray();
        await Assert.ThrowsAsync<WorkerCrashedException>(() => crash);
        foreach (var other in others) Assert.Equal(large, await other);
    }

    [Fact]
    public async Task ArgumentThatIsRefused_LeavesTheNextOnesAlone()
    {
        await using var pool = Pool();
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(CapturingRefusing(new int[Length]), () => { }));
            Assert.Equal(Length, await pool.SubmitAsync(Capturing(new int[Length])));
        }
    }

    private static Func<int> Capturing(int[] captured) => () => captured.Length;

    private static Func<Action, int> CapturingRefusing(int[] captured) => _ => captured.Length;

    [Fact]
    public async Task TokenCancelledBefore_TakesNothing()
    {
        await using var pool = Pool();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.SubmitAsync(Jobs.Echo<int[]>, new int[Length], cancellationToken: new CancellationToken(true)));
        Assert.Equal(Length, (await pool.SubmitAsync(Jobs.Echo<int[]>, new int[Length])).Length);
    }
}

public sealed class LargePayloadBySharedMemoryTests() : LargePayloadTests(Way.SharedMemory)
{
    [Fact]
    public async Task ReadOnlyMemory_KeptBeyondItsItem_CannotBeLookedAt()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1 });
        Assert.Equal(100_000, await pool.SubmitAsync(Jobs.Keep, (ReadOnlyMemory<double>)new double[100_000]));
        var refused = await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.SubmitAsync(Jobs.LookAtKept, 0));
        Assert.Contains("ToArray", refused.Message);
    }

    // Memory of large values is kept while they come and go, and goes back to the system when none does.
    [Fact]
    public async Task MemoryOfLargeValues_GoesBack()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1 });
        await pool.SubmitAsync(Jobs.Echo<byte[]>, new byte[64 << 20]);
        Assert.True(await pool.SubmitAsync(Jobs.ResidentSharedMemory) > 100 << 20);
        long left = long.MaxValue;
        for (long start = TimeProvider.System.GetTimestamp(); left > 16 << 20 && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30); await Task.Delay(50))
            left = await pool.SubmitAsync(Jobs.ResidentSharedMemory);
        Assert.True(left < 16 << 20, $"{left} bytes of shared memory");
        Assert.Equal(64 << 20, (await pool.SubmitAsync(Jobs.Echo<byte[]>, new byte[64 << 20])).Length); // and comes again
    }

    [Fact]
    public async Task ArrayOfMoreThanTwoGigabytes_Travels()
    {
        if (Environment.GetEnvironmentVariable("SIMUL_STRESS") != "1") return; // 6 GB of memory, and seconds
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1 });
        double[] numbers = new double[300_000_000];
        Array.Fill(numbers, 1);
        Assert.Equal(numbers.Length, await pool.SubmitAsync(Jobs.Sum, (ReadOnlyMemory<double>)numbers));
    }
}

public sealed class LargePayloadBySocketTests() : LargePayloadTests(Way.Sockets);

public sealed class LargePayloadPortablyTests() : LargePayloadTests(Way.Portable);
