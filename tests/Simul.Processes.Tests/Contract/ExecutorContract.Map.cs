namespace Simul.Processes.Tests.Contract;

public abstract partial class ExecutorContract
{
    // B7
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Map_GivesEveryResult(bool ordered)
    {
        await using var executor = Make(2);
        List<int> got = [];
        await foreach (int x in executor.MapAsync(Enumerable.Range(0, 500), Jobs.Square, new MapOptions { Ordered = ordered })) got.Add(x);
        var expected = Enumerable.Range(0, 500).Select(x => x * x);
        Assert.Equal(expected, ordered ? got : got.Order());
    }

    // B7
    [Fact]
    public async Task Map_ItemThrows_AtItsPosition()
    {
        await using var executor = Make();
        List<int> got = [];
        var error = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (int x in executor.MapAsync(Enumerable.Range(0, 10), Works.ThrowAt3)) got.Add(x);
        });
        Assert.Equal("not 3", error.Message);
        Assert.Equal([0, 10, 20], got);
    }

    // B34, B35
    [Fact]
    public async Task MapOutcomes_GoesOnPastErrors()
    {
        await using var executor = Make();
        List<string> got = [];
        await foreach (var o in executor.MapOutcomesAsync(Enumerable.Range(0, 6), Works.ThrowAt3)) got.Add($"{o.Index}/{o.Input}: {o.Error?.Message ?? $"{o.Result}"}");
        Assert.Equal(["0/0: 0", "1/1: 10", "2/2: 20", "3/3: not 3", "4/4: 40", "5/5: 50"], got);
    }

    // B33
    [Fact]
    public async Task Map_InputsThrow_ThatExceptionComesOut()
    {
        await using var executor = Make();
        static IEnumerable<int> Inputs()
        {
            yield return 1;
            throw new FormatException("inputs");
        }
        var error = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (int _ in executor.MapAsync(Inputs(), Jobs.Noop)) { }
        });
        Assert.Equal("inputs", error.Message);
        Assert.Null(error.InnerException);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
    }

    // B8
    [Fact]
    public async Task Map_LeftEarly_CancelsTheRest()
    {
        using var folder = new Folder();
        await using var executor = Make(2);
        await foreach (var _ in executor.MapAsync(new[] { "a", "b", "c", "d" }.Select(n => (folder[n], n == "a" ? folder["a"] : folder["never"])), Works.HoldAsync)) break;
        await Until.TrueAsync(() => executor.GetStatistics() is { CurrentRunning: 0, CurrentQueued: 0 }, "nothing of it is left");
        Assert.Equal(3, executor.GetStatistics().TotalCancelled);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
    }

    // B7: the item's position, when it is its time that is over.
    [Fact]
    public async Task Map_ItemTimesOut_AtItsPositionAndTheOthersGoOn()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var inputs = new[] { "a", "b", "c" }.Select(n => (folder[n], n == "b" ? folder["never"] : folder[n]));
        List<bool> late = [];
        await foreach (var o in executor.MapOutcomesAsync(inputs, Works.HoldAsync, new MapOptions { Timeout = TimeSpan.FromSeconds(1) })) late.Add(o.Error is TimeoutException);
        Assert.Equal([false, true, false], late);
    }
}
