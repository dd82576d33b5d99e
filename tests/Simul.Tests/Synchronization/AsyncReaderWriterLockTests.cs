namespace Simul.Tests.Synchronization;

public class AsyncReaderWriterLockTests
{
    [Fact]
    public void Readers_GoTogether_AWriterGoesAlone() => Run(async () =>
    {
        var gate = new AsyncReaderWriterLock("prices");
        int readers = 0, writers = 0, mostReaders = 0;
        await TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 12; i++)
            {
                bool write = i % 4 == 0;
                group.Spawn(async () =>
                {
                    using (write ? await gate.WriteLockAsync() : await gate.ReadLockAsync())
                    {
                        if (write) writers++;
                        else mostReaders = Math.Max(mostReaders, ++readers);
                        Assert.True(write ? writers == 1 && readers == 0 : writers == 0, $"{readers} readers, {writers} writers");
                        await EventLoop.Delay(Sec(1));
                        if (write) writers--;
                        else readers--;
                    }
                });
            }
            return Task.CompletedTask;
        });
        Assert.True(mostReaders >= 3, $"{mostReaders} readers at once");
        Assert.Equal(new AsyncReaderWriterLockStatistics(0, null, 0), gate.GetStatistics());
    });

    [Fact]
    public void Reader_BehindAWaitingWriter_DoesNotOvertake() => Run(async () =>
    {
        var gate = new AsyncReaderWriterLock();
        List<string> order = [];
        await TaskGroup.RunAsync(async group =>
        {
            var reading = await gate.ReadLockAsync();
            group.Spawn(async () =>
            {
                using var hold = await gate.WriteLockAsync();
                order.Add("writer");
            }, "writer");
            await EventLoop.Delay(Sec(1));
            group.Spawn(async () =>
            {
                using var hold = await gate.ReadLockAsync();
                order.Add("reader");
            });
            await EventLoop.Delay(Sec(1));
            Assert.False(gate.TryReadLock(out var barging));
            Assert.False(barging.IsHeld);
            Assert.Equal(new AsyncReaderWriterLockStatistics(1, null, 2), gate.GetStatistics());
            Assert.Empty(order);
            reading.Dispose();
        });
        Assert.Equal(["writer", "reader"], order);
    });

    [Fact]
    public void Cancel_OfAWaitingWriter_LetsTheReadersBehindItGoOn() => Run(async () =>
    {
        var gate = new AsyncReaderWriterLock();
        int read = 0;
        await TaskGroup.RunAsync(async group =>
        {
            using var reading = await gate.ReadLockAsync();
            var writer = group.Spawn(async () => { using var hold = await gate.WriteLockAsync(); });
            await EventLoop.Delay(Sec(1));
            for (int i = 0; i < 3; i++)
            {
                group.Spawn(async () =>
                {
                    using var hold = await gate.ReadLockAsync();
                    read++;
                });
            }
            await EventLoop.Delay(Sec(1));
            Assert.Equal(0, read);
            writer.Cancel();
            await EventLoop.Delay(Sec(1));
            Assert.Equal(3, read);
        });
    });

    [Fact]
    public void Cancel_OfTheWholeGroup_LeavesTheLockFree() => Run(async () =>
    {
        var gate = new AsyncReaderWriterLock();
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 10; i++)
            {
                bool write = i % 3 == 0;
                group.Spawn(async () =>
                {
                    using (write ? await gate.WriteLockAsync() : await gate.ReadLockAsync()) await EventLoop.Delay(Sec(10));
                });
            }
            await EventLoop.Delay(Sec(15));
            group.Cancel();
        });
        Assert.Equal(new AsyncReaderWriterLockStatistics(0, null, 0), gate.GetStatistics());
        Assert.True(gate.TryWriteLock(out var hold));
        hold.Dispose();
    });

    [Fact]
    public void Dispose_Twice_Throws() => Run(async () =>
    {
        var gate = new AsyncReaderWriterLock("prices");
        var read = await gate.ReadLockAsync();
        read.Dispose();
        Says(Assert.Throws<InvalidOperationException>(() => read.Dispose()), "the reader-writer lock 'prices', free", "over");
        var write = await gate.WriteLockAsync();
        Assert.True(write.IsWrite);
        write.Dispose();
        Assert.Throws<InvalidOperationException>(() => write.Dispose());
        using var again = await gate.WriteLockAsync();
        Assert.Throws<InvalidOperationException>(() => write.Dispose());
    });

    [Fact]
    public void Release_FromAnotherThread_IsPosted() => Run(async () =>
    {
        var gate = new AsyncReaderWriterLock();
        using var open = EventLoop.Current.HoldOpen();
        var hold = await gate.WriteLockAsync();
        _ = Task.Run(() => hold.Dispose());
        using var next = await gate.ReadLockAsync();
        Assert.True(next.IsHeld);
    });

    [Fact]
    public void Stall_SaysWhoHoldsIt()
    {
        var gate = new AsyncReaderWriterLock("prices");
        Says(Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            using var read = await gate.ReadLockAsync();
            using var write = await gate.WriteLockAsync();
        })), "the reader-writer lock 'prices', read by Task 'main'");
        Assert.Throws<LoopAffinityException>(() => { _ = gate.ReadLockAsync(); });
    }
}
