using System.Runtime.CompilerServices;

namespace Simul.Tests.Tasks;

public abstract partial class GroupConformance
{
    [Fact]
    public void Sequence_HandsOverEveryItemInOrder_AndEnds() => RunHere(async () =>
    {
        foreach (int capacity in new[] { 0, 1, 5 })
        {
            List<int> read = [];
            await TaskGroup.RunAsync(async group =>
            {
                await foreach (int item in group.SpawnSequence(_ => Count(20), capacity)) read.Add(item);
            });
            Assert.Equal(Enumerable.Range(0, 20), read);
        }
    });

    [Fact]
    public void Sequence_Empty_JustEnds() => RunHere(() => TaskGroup.RunAsync(async group =>
    {
        await foreach (int _ in group.SpawnSequence(_ => Count(0))) Assert.Fail("there is no item");
    }));

    [Fact]
    public void Sequence_Producer_IsAheadByTheCapacityAndOne() => RunHere(async () =>
    {
        foreach (int capacity in new[] { 0, 1, 3 })
        {
            int produced = 0, read = 0, most = 0;
            await TaskGroup.RunAsync(async group =>
            {
                await foreach (int item in group.SpawnSequence(_ => Count(30, each: i => Volatile.Write(ref produced, i + 1)), capacity))
                {
                    read++;
                    await Task.Yield();
                    most = Math.Max(most, Volatile.Read(ref produced) - read);
                }
            });
            Assert.Equal(30, read);
            Assert.InRange(most, 0, capacity + 1);
        }
    });

    [Fact]
    public void Sequence_LeftEarly_CancelsTheProducerAlone_AndItsFinallyHasRun() => RunHere(async () =>
    {
        bool cleaned = false, cleanedBehindTheLoop = false, wentOn = false;
        await TaskGroup.RunAsync(async group =>
        {
            await foreach (int item in group.SpawnSequence(_ => Count(int.MaxValue, end: () => Volatile.Write(ref cleaned, true))))
            {
                if (item == 3) break;
            }
            cleanedBehindTheLoop = Volatile.Read(ref cleaned);
            Assert.False(group.IsCancelled);
            wentOn = await group.Spawn(async _ =>
            {
                await Task.Yield();
                return true;
            });
        });
        Assert.True(cleanedBehindTheLoop);
        Assert.True(wentOn);
    });

    [Fact]
    public void Sequence_LeftWhileTheProducerWaits_EndsItsWait() => RunHere(async () =>
    {
        bool told = false;
        async IAsyncEnumerable<int> Items([EnumeratorCancellation] CancellationToken token)
        {
            yield return 1;
            try
            {
                await Forever(token);
            }
            finally
            {
                Volatile.Write(ref told, token.IsCancellationRequested);
            }
        }
        await TaskGroup.RunAsync(async group =>
        {
            await foreach (int _ in group.SpawnSequence(Items)) break;
            Assert.False(group.IsCancelled);
        });
        Assert.True(told);
    });

    [Fact]
    public void Sequence_TokenOfTheEnumerator_IsTheProducers() => RunHere(async () =>
    {
        bool told = false;
        async IAsyncEnumerable<int> Items([EnumeratorCancellation] CancellationToken token = default)
        {
            yield return 1;
            using var _ = token.Register(() => Volatile.Write(ref told, true));
            await Forever(token);
        }
        await TaskGroup.RunAsync(async group =>
        {
            await foreach (int _ in group.SpawnSequence(_ => Items())) break;
        });
        Assert.True(told);
    });

    // The reader lets it pass, and it is still one error.
    [Fact]
    public void Sequence_ProducerFails_FailsTheGroupOnce_AndIsNoSilentEnd() => RunHere(async () =>
    {
        bool cleaned = false, endedSilently = false;
        Exception? seen = null;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            try
            {
                await foreach (int _ in group.SpawnSequence(_ => Failing(after: 3, end: () => cleaned = true)))
                {
                }
                endedSilently = true;
            }
            catch (Exception e)
            {
                seen = e;
                throw;
            }
        }));
        Assert.True(error.TryGetSingle<FormatException>(out _), error.ToString());
        Assert.False(endedSilently);
        Assert.True(cleaned);
        Says(Assert.IsAssignableFrom<OperationCanceledException>(seen), nameof(FormatException));
    });

    [Fact]
    public void Sequence_ProducerFailsInASupervisor_ReaderGetsTheErrorBehindTheItems() => RunHere(async () =>
    {
        List<int> read = [];
        FormatException? seen = null;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(
            async group =>
            {
                seen = await Raises<FormatException>(async () =>
                {
                    await foreach (int item in group.SpawnSequence(_ => Failing(after: 5), capacity: 2)) read.Add(item);
                });
                Assert.False(group.IsCancelled);
            },
            new TaskGroupOptions { Supervisor = true }));
        Assert.Equal(Enumerable.Range(0, 5), read);
        Assert.Same(seen, Assert.Single(error.Errors));
    });

    [Fact]
    public void Sequence_ProducerThrowsAForeignCancellation_HasFailed() => RunHere(async () =>
    {
        bool endedSilently = false;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            await foreach (int _ in group.SpawnSequence(_ => Failing(after: 1, with: new TaskCanceledException("somebody's own timeout"))))
            {
            }
            endedSilently = true;
        }));
        Assert.Equal("somebody's own timeout", Assert.Single(error.Errors).Message);
        Assert.False(endedSilently);
    });

    [Fact]
    public void Sequence_ReaderFails_CancelsTheProducer_AndIsTheOnlyError() => RunHere(async () =>
    {
        bool cleaned = false, cleanedBehindTheLoop = false;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            _ = group.Spawn(async _ =>
            {
                try
                {
                    await foreach (int item in group.SpawnSequence(_ => Count(int.MaxValue, end: () => Volatile.Write(ref cleaned, true))))
                    {
                        if (item == 2) throw new IOException();
                    }
                }
                finally
                {
                    cleanedBehindTheLoop = Volatile.Read(ref cleaned);
                }
            });
            return Task.CompletedTask;
        }));
        Assert.True(error.TryGetSingle<IOException>(out _), error.ToString());
        Assert.True(cleanedBehindTheLoop);
    });

    [Fact]
    public void Sequence_CleaningUpFails_IsAnErrorOfTheGroup() => RunHere(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            await foreach (int _ in group.SpawnSequence(_ => Count(int.MaxValue, end: () => throw new IOException("disk full")))) break;
        }));
        Assert.True(error.TryGetSingle<IOException>(out _), error.ToString());
    });

    [Fact]
    public void Sequence_GroupCancelledWhileTheReaderWaits_IsNoSilentEnd() => RunHere(async () =>
    {
        bool endedSilently = false, cancelled = false;
        await TaskGroup.RunAsync(async group =>
        {
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            async IAsyncEnumerable<int> Items([EnumeratorCancellation] CancellationToken token)
            {
                yield return 1;
                await Forever(token);
            }
            _ = group.Spawn(async _ =>
            {
                try
                {
                    await foreach (int item in group.SpawnSequence(Items)) first.SetResult();
                    endedSilently = true;
                }
                catch (OperationCanceledException)
                {
                    cancelled = true;
                    throw;
                }
            });
            await first.Task;
            group.Cancel();
        });
        Assert.False(endedSilently);
        Assert.True(cancelled);
    });

    [Fact]
    public void Sequence_GroupCancelledWhileTheProducerWaits_CleansUpBeforeTheGroupEnds() => RunHere(async () =>
    {
        bool cleaned = false;
        await TaskGroup.RunAsync(async group =>
        {
            var ahead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = group.SpawnSequence(_ => Count(int.MaxValue, each: _ => ahead.TrySetResult(), end: () => Volatile.Write(ref cleaned, true)), capacity: 0);
            await ahead.Task;
            group.Cancel();
        });
        Assert.True(cleaned);
    });

    [Fact]
    public void Sequence_NobodyReads_DoesNotKeepTheGroupOpen() => RunHere(async () =>
    {
        bool cleaned = false;
        await TaskGroup.RunAsync(async group =>
        {
            var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = group.SpawnSequence(_ => Count(int.MaxValue, each: _ => began.TrySetResult(), end: () => Volatile.Write(ref cleaned, true)));
            await began.Task;
        });
        Assert.True(cleaned);
    });

    [Fact]
    public void Sequence_ReaderStopsWithoutLeaving_DoesNotKeepTheGroupOpen() => RunHere(async () =>
    {
        bool cleaned = false;
        IAsyncEnumerator<int>? reader = null;
        await TaskGroup.RunAsync(async group =>
        {
            reader = group.SpawnSequence(_ => Count(int.MaxValue, end: () => Volatile.Write(ref cleaned, true))).GetAsyncEnumerator();
            Assert.True(await reader.MoveNextAsync());
            Assert.Equal(0, reader.Current);
        });
        Assert.True(cleaned);
        await Raises<OperationCanceledException>(async () =>
        {
            while (await reader!.MoveNextAsync())
            {
            }
        });
        await reader!.DisposeAsync();
    });

    [Fact]
    public void Sequence_SpawnedIntoACancelledGroup_RaisesAndNeverRuns() => RunHere(async () =>
    {
        IAsyncEnumerable<int>? items = null;
        await TaskGroup.RunAsync(group =>
        {
            group.Cancel();
            items = group.SpawnSequence<int>(_ => throw new IOException("must not run"));
            return Task.CompletedTask;
        });
        await Raises<OperationCanceledException>(async () =>
        {
            await foreach (int _ in items!) Assert.Fail("there is no item");
        });
    });

    [Fact]
    public void Sequence_EnumeratedTwice_SaysWhatToDo() => RunHere(() => TaskGroup.RunAsync(async group =>
    {
        var items = group.SpawnSequence(_ => Count(3));
        await using (var reader = items.GetAsyncEnumerator())
        {
            Says(Assert.Throws<InvalidOperationException>(() => { items.GetAsyncEnumerator(); }), "a reader already", "each reader");
            Assert.True(await reader.MoveNextAsync());
        }
        Assert.Throws<InvalidOperationException>(() => { items.GetAsyncEnumerator(); });
    }));

    [Fact]
    public void Sequence_TokenOfTheReader_EndsItsWait() => RunHere(async () =>
    {
        using var enough = new CancellationTokenSource();
        bool told = false;
        async IAsyncEnumerable<int> Items([EnumeratorCancellation] CancellationToken token)
        {
            yield return 1;
            using var _ = token.Register(() => Volatile.Write(ref told, true));
            await Forever(token);
        }
        await TaskGroup.RunAsync(async group =>
        {
            await Raises<OperationCanceledException>(async () =>
            {
                await foreach (int _ in group.SpawnSequence(Items).WithCancellation(enough.Token)) enough.Cancel();
            });
            Assert.False(group.IsCancelled);
        });
        Assert.True(told);
    });

    // Each stage reads the one before; leaving the last ends them all.
    [Fact]
    public void Sequence_OfASequence_LeftEarly_EndsBoth() => RunHere(async () =>
    {
        int ended = 0;
        List<int> read = [];
        await TaskGroup.RunAsync(async group =>
        {
            async IAsyncEnumerable<int> Doubled(IAsyncEnumerable<int> items)
            {
                try
                {
                    await foreach (int item in items) yield return item * 2;
                }
                finally
                {
                    Interlocked.Increment(ref ended);
                }
            }
            var numbers = group.SpawnSequence(_ => Count(int.MaxValue, end: () => Interlocked.Increment(ref ended)));
            await foreach (int item in group.SpawnSequence(_ => Doubled(numbers)))
            {
                read.Add(item);
                if (read.Count == 4) break;
            }
            Assert.Equal(2, Volatile.Read(ref ended));
        });
        Assert.Equal([0, 2, 4, 6], read);
    });

    [Fact]
    public void Sequence_Misuse_IsNamed() => RunHere(async () =>
    {
        TaskGroup? kept = null;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            kept = group;
            Assert.Throws<ArgumentOutOfRangeException>(() => { group.SpawnSequence(_ => Count(1), capacity: -1); });
            Assert.Throws<ArgumentNullException>(() => { group.SpawnSequence((Func<CancellationToken, IAsyncEnumerable<int>>)null!); });
            await foreach (int _ in group.SpawnSequence<int>(_ => null!)) Assert.Fail("there is no item");
        }));
        Says(Assert.Single(error.Errors), "returned null");
        Says(Assert.Throws<InvalidOperationException>(() => { kept!.SpawnSequence(_ => Count(1)); }), "has ended");
    });

    private static async IAsyncEnumerable<int> Count(int to, Action<int>? each = null, Action? end = null)
    {
        try
        {
            for (int i = 0; i < to; i++)
            {
                await Task.Yield();
                each?.Invoke(i);
                yield return i;
            }
        }
        finally
        {
            await Task.Yield();
            end?.Invoke();
        }
    }

    private static async IAsyncEnumerable<int> Failing(int after, Exception? with = null, Action? end = null)
    {
        await foreach (int item in Count(after, end: end)) yield return item;
        throw with ?? new FormatException("no such dish");
    }
}
