namespace Simul.Tests.Loop;

public class FinalizationTests
{
    private static async IAsyncEnumerable<int> Numbers(List<string> log, string name, double cleanUp = 0)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                await EventLoop.Yield();
                yield return i;
            }
        }
        finally
        {
            if (cleanUp > 0) await EventLoop.Delay(Sec(cleanUp));
            log.Add($"{name}@{EventLoop.Now.TotalSeconds}");
        }
    }

    // A98, A102: disposed at the end, last begun first, when the tasks have ended, and no cancellation reaches it.
    [Fact]
    public void Track_AbandonedHalfWay_IsDisposedAtTheEnd_LastBegunFirst()
    {
        string trace = Trace(async log =>
        {
            EventLoop.Current.Spawn(async () =>
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    log.Add("task");
                }
            });
            var first = EventLoop.Track(Numbers(log, "first", cleanUp: 2)).GetAsyncEnumerator();
            var second = EventLoop.Track(Numbers(log, "second", cleanUp: 1)).GetAsyncEnumerator();
            var unbegun = EventLoop.Track(Numbers(log, "unbegun")).GetAsyncEnumerator();
            Assert.True(await first.MoveNextAsync());
            Assert.True(await second.MoveNextAsync());
            Assert.True(await second.MoveNextAsync());
            Assert.Equal(1, second.Current);
            log.Add("end");
        });
        Assert.Equal("end task second@1 first@3", trace);
    }

    // A102: an inner one that an outer one iterates ends before it.
    [Fact]
    public void Track_OneThatIteratesAnother_TheInnerEndsFirst_AndOnce()
    {
        string trace = Trace(async log =>
        {
            var outer = EventLoop.Track(Outer(log)).GetAsyncEnumerator();
            await outer.MoveNextAsync();
        });
        Assert.Equal("inner@0 outer", trace);

        static async IAsyncEnumerable<int> Outer(List<string> log)
        {
            try
            {
                await foreach (int number in EventLoop.Track(Numbers(log, "inner"))) yield return number;
            }
            finally
            {
                log.Add("outer");
            }
        }
    }

    [Fact]
    public void Track_LeftByForeach_IsDisposedThereAndForgotten()
    {
        string trace = Trace(async log =>
        {
            await foreach (int _ in EventLoop.Track(Numbers(log, "loop"))) break;
            var byHand = EventLoop.Track(Numbers(log, "by hand")).GetAsyncEnumerator();
            await byHand.MoveNextAsync();
            await byHand.DisposeAsync();
            log.Add("end");
        });
        Assert.Equal("loop@0 by hand@0 end", trace);
    }

    [Fact]
    public void Track_DisposedOnAnotherThread_IsForgotten()
    {
        int disposals = 0;
        Run(async () =>
        {
            var enumerator = EventLoop.Track(new Counted(() => disposals++)).GetAsyncEnumerator();
            await enumerator.MoveNextAsync();
            await Task.Run(async () => await enumerator.DisposeAsync());
            await EventLoop.Yield();
        });
        Assert.Equal(1, disposals);
    }

    // A98: errors are reported, and the others are disposed all the same.
    [Fact]
    public void Own_DisposalFails_IsReported_AndTheOthersAreDisposed()
    {
        List<string> log = [];
        var error = Assert.Throws<AggregateException>(() => Run(() =>
        {
            var loop = EventLoop.Current;
            loop.Own(new Resource(() => log.Add("first")));
            loop.Own(new Resource(() => throw new FormatException("one")));
            loop.Own(new Resource(() => throw new FormatException("two")));
            loop.Own(new Resource(() => log.Add("last")));
            return Task.CompletedTask;
        }));
        Assert.Equal(["last", "first"], log);
        Assert.Equal(["two", "one"], error.InnerExceptions.Select(e => e.Message));
    }

    [Fact]
    public void Own_MainFailsOrIsCancelled_IsDisposedAllTheSame()
    {
        int disposed = 0;
        Assert.Throws<FormatException>(() => Run(() =>
        {
            EventLoop.Current.Own(new Resource(() => disposed++));
            throw new FormatException();
        }));
        Assert.ThrowsAny<OperationCanceledException>(() => Run(async () =>
        {
            EventLoop.Current.Own(new Resource(() => disposed++));
            EventLoop.CurrentTask.Cancel();
            await EventLoop.Yield();
        }));
        Assert.Equal(2, disposed);
    }

    [Fact]
    public void Own_ReturnsTheResource_AndDisownTakesItBack()
    {
        int disposed = 0;
        Run(() =>
        {
            var loop = EventLoop.Current;
            Resource resource = loop.Own(new Resource(() => disposed++));
            Assert.True(loop.Disown(resource));
            Assert.False(loop.Disown(resource));
            return Task.CompletedTask;
        });
        Assert.Equal(0, disposed);
    }

    [Fact]
    public void Own_WhatADisposalAdds_IsDisposedToo()
    {
        string trace = Trace(log =>
        {
            var loop = EventLoop.Current;
            loop.Own(new Resource(() =>
            {
                log.Add("outer");
                loop.Own(new Resource(() => log.Add("added")));
            }));
            return Task.CompletedTask;
        });
        Assert.Equal("outer added", trace);
    }

    // A disposal that can never end is a stall like any other: the loop says so and ends without it.
    [Fact]
    public void Own_DisposalThatNeverEnds_IsAStall() => Assert.Throws<LoopStalledException>(() => Run(() =>
    {
        EventLoop.Current.Own(new Resource(() => { }, new Future<int>()));
        return Task.CompletedTask;
    }));

    [Fact]
    public void Own_WhenSomethingIsStuck_IsDisposedAllTheSame()
    {
        bool disposed = false;
        Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            EventLoop.Current.Own(new Resource(() => disposed = true));
            using (CancelScope.Enter(shield: true)) await new Future<int>();
        }));
        Assert.True(disposed);
    }

    [Fact]
    public void OwnAndTrack_OffTheLoop_Throw() => Run(async () =>
    {
        var loop = EventLoop.Current;
        await Task.Run(async () =>
        {
            Assert.Throws<LoopAffinityException>(() => loop.Own(new Resource(() => { })));
            Assert.Throws<LoopAffinityException>(() => loop.Disown(new Resource(() => { })));
            var enumerator = EventLoop.Track(new Counted(() => { })).GetAsyncEnumerator();
            await Raises<LoopAffinityException>(async () => await enumerator.MoveNextAsync());
        });
        Assert.Throws<ArgumentNullException>(() => loop.Own<Resource>(null!));
        Assert.Throws<ArgumentNullException>(() => EventLoop.Track<int>(null!));
    });

    private sealed class Resource(Action dispose, Future<int>? first = null) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await EventLoop.Yield();
            if (first is not null) await first;
            dispose();
        }
    }

    private sealed class Counted(Action dispose) : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public int Current => 0;

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync() => new(true);

        public ValueTask DisposeAsync()
        {
            dispose();
            return default;
        }
    }
}
