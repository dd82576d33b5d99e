namespace Simul.Tests.Synchronization;

public class AsyncReaderWriterLockTests
{
    private readonly AsyncReaderWriterLock _table = new("table");

    private void Free() => Assert.Equal(new AsyncReaderWriterLockStatistics(0, null, 0), _table.GetStatistics());

    [Fact]
    public void Readers_HoldItTogether_AWriterAlone()
    {
        int readers = 0, most = 0, writes = 0;
        var took = Run(async () =>
        {
            await TaskGroup.RunAsync(async group =>
            {
                for (int i = 0; i < 4; i++) group.Spawn(ReadAsync);
                await Settle();
                for (int i = 0; i < 2; i++) group.Spawn(WriteAsync);
            });
            Free();
        });
        Assert.Equal((4, 2), (most, writes));
        Assert.Equal(Sec(3), took);

        async Task ReadAsync()
        {
            using (await _table.ReadLockAsync())
            {
                most = Math.Max(most, ++readers);
                await EventLoop.Delay(Sec(1));
                readers--;
            }
        }

        async Task WriteAsync()
        {
            using (await _table.WriteLockAsync())
            {
                Assert.Equal(0, readers);
                await EventLoop.Delay(Sec(1));
                writes++;
            }
        }
    }

    // A67: readers that stand together go together, and none overtakes a writer.
    [Fact]
    public void Line_IsStrictlyFifo_ReadersInGroups() => Run(async () =>
    {
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var first = await _table.WriteLockAsync();
            foreach (string name in new[] { "r1", "r2", "w3", "r4", "w5", "w6", "r7", "r8" })
            {
                group.Spawn(() => name[0] == 'r' ? ReadAsync(name) : WriteAsync(name), name);
                await Settle();
            }
            Assert.Equal(new AsyncReaderWriterLockStatistics(0, "main", 8), _table.GetStatistics());
            first.Dispose();
        });
        Free();
        Assert.Equal(["r1", "r2"], log[..2].Order());
        Assert.Equal(["w3", "r4", "w5", "w6"], log[2..6]);
        Assert.Equal(["r7", "r8"], log[6..].Order());

        async Task ReadAsync(string name)
        {
            using (await _table.ReadLockAsync())
            {
                log.Add(name);
                await EventLoop.Delay(Sec(1));
            }
        }

        async Task WriteAsync(string name)
        {
            using (await _table.WriteLockAsync())
            {
                log.Add(name);
                await EventLoop.Delay(Sec(1));
            }
        }
    });

    [Fact]
    public void Reader_WhileAWriterWaits_DoesNotOvertakeIt() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            var read = await _table.ReadLockAsync();
            group.Spawn(async () => (await _table.WriteLockAsync()).Dispose());
            await Settle();
            Assert.False(_table.TryReadLock(out var barging));
            Assert.False(barging.IsHeld);
            var late = _table.ReadLockAsync();
            Assert.False(late.IsCompleted);
            Assert.Equal(new AsyncReaderWriterLockStatistics(1, null, 2), _table.GetStatistics());
            read.Dispose();
            (await late).Dispose();
        });
        Free();
    });

    // A69
    [Fact]
    public void Release_HandsOver_NobodyBargesIn() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            var write = await _table.WriteLockAsync();
            group.Spawn(async () => (await _table.ReadLockAsync()).Dispose());
            await Settle();
            write.Dispose();
            Assert.False(_table.TryWriteLock(out var barging));
            Assert.False(barging.IsHeld);
            Assert.Equal(1, _table.GetStatistics().CurrentReaders);
        });
        Free();
    });

    [Fact]
    public void Cancel_OfAWaitingWriter_LetsTheReadersBehindItThrough() => Run(async () =>
    {
        int reading = 0;
        await TaskGroup.RunAsync(async group =>
        {
            using var read = await _table.ReadLockAsync();
            var writer = group.Spawn(async () => (await _table.WriteLockAsync()).Dispose());
            await Settle();
            for (int i = 0; i < 3; i++)
            {
                group.Spawn(async () =>
                {
                    using (await _table.ReadLockAsync()) reading++;
                });
            }
            await Settle();
            Assert.Equal(0, reading);
            writer.Cancel();
            await Settle();
            Assert.Equal(3, reading);
        });
        Free();
    });

    [Fact]
    public void Cancel_OfTheFirstOfTwoWriters_KeepsTheReadersBehindTheSecond() => Run(async () =>
    {
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var read = await _table.ReadLockAsync();
            var gone = group.Spawn(async () => (await _table.WriteLockAsync()).Dispose());
            await Settle();
            group.Spawn(async () =>
            {
                using (await _table.WriteLockAsync()) log.Add("write");
            });
            await Settle();
            group.Spawn(async () =>
            {
                using (await _table.ReadLockAsync()) log.Add("read");
            });
            await Settle();
            gone.Cancel();
            await Settle();
            Assert.Empty(log);
            read.Dispose();
        });
        Assert.Equal(["write", "read"], log);
        Free();
    });

    // A68; C2
    [Fact]
    public void Cancel_AfterTheHandOverInTheSameTurn_TheGrantWinsAndNothingIsLost() => Run(async () =>
    {
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var read = await _table.ReadLockAsync();
            var first = group.Spawn(async () =>
            {
                using (await _table.WriteLockAsync())
                {
                    log.Add("first has it");
                    await EventLoop.Yield();
                    log.Add("never");
                }
            });
            await Settle();
            group.Spawn(async () =>
            {
                using (await _table.WriteLockAsync()) log.Add("second has it");
            });
            await Settle();
            read.Dispose();
            first.Cancel();
        });
        Assert.Equal(["first has it", "second has it"], log);
        Free();
    });

    [Fact]
    public void Cancel_OfTheWholeGroup_LeavesTheLockFree() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 9; i++)
            {
                bool write = i % 3 == 0;
                group.Spawn(async () =>
                {
                    using (write ? await _table.WriteLockAsync() : await _table.ReadLockAsync()) await EventLoop.Delay(Sec(1));
                });
            }
            await EventLoop.Delay(Sec(1.5));
            group.Cancel();
        });
        Free();
    });

    [Fact]
    public void Lock_FreeInACancelledScope_Raises_TryDoesNot() => Run(async () =>
    {
        using var scope = CancelScope.Enter();
        scope.Cancel();
        await Raises<OperationCanceledException>(() => _table.ReadLockAsync().AsTask());
        await Raises<OperationCanceledException>(() => _table.WriteLockAsync().AsTask());
        Free();
        Assert.True(_table.TryReadLock(out var read));
        Assert.False(_table.TryWriteLock(out _));
        read.Dispose();
        Assert.True(_table.TryWriteLock(out var write));
        Assert.False(_table.TryReadLock(out _));
        write.Dispose();
    });

    [Fact]
    public void Downgrade_LetsReadersInAndNoWriter() => Run(async () =>
    {
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var write = await _table.WriteLockAsync();
            group.Spawn(async () =>
            {
                using (await _table.ReadLockAsync()) log.Add("read");
            });
            await Settle();
            group.Spawn(async () =>
            {
                using (await _table.WriteLockAsync()) log.Add("write");
            });
            await Settle();
            var read = write.Downgrade();
            Assert.Equal(new AsyncReaderWriterLockStatistics(2, null, 1), _table.GetStatistics());
            Assert.Throws<InvalidOperationException>(write.Dispose);
            Assert.Throws<InvalidOperationException>(() => write.Downgrade());
            await EventLoop.Delay(Sec(1));
            Assert.Equal(["read"], log);
            read.Dispose();
        });
        Assert.Equal(["read", "write"], log);
        using (var read = await _table.ReadLockAsync()) Says(Assert.Throws<InvalidOperationException>(() => read.Downgrade()), "writer");
        Assert.Throws<InvalidOperationException>(() => default(AsyncReaderWriterHold).Downgrade());
        Free();
    });

    [Fact]
    public void Dispose_Twice_Throws() => Run(async () =>
    {
        var read = await _table.ReadLockAsync();
        var other = await _table.ReadLockAsync();
        read.Dispose();
        Says(Assert.Throws<InvalidOperationException>(read.Dispose), "table", "over");
        other.Dispose();
        var write = await _table.WriteLockAsync();
        write.Dispose();
        Says(Assert.Throws<InvalidOperationException>(write.Dispose), "table", "over");
        Free();
        Assert.Equal((false, true), (read.IsWrite, write.IsWrite));
        default(AsyncReaderWriterHold).Dispose();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dispose_FromAnotherThread_IsPosted(bool write) => Run(async () =>
    {
        IDisposable hold = write ? await _table.WriteLockAsync() : await _table.ReadLockAsync();
        using var open = EventLoop.Current.HoldOpen();
        new Thread(hold.Dispose).Start();
        (await _table.WriteLockAsync()).Dispose();
        Free();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Stall_SaysWhoHoldsItAndHow(bool write)
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            await EventLoop.Current.Spawn(async () =>
            {
                if (write) await _table.WriteLockAsync();
                else await _table.ReadLockAsync();
            }, "leaver");
            await _table.WriteLockAsync();
        }));
        Says(error, $"the reader-writer lock 'table', {(write ? "held" : "read")} by Task 'leaver' (ended without releasing it)");
    }
}
