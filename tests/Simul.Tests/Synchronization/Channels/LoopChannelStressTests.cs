namespace Simul.Tests.Synchronization.Channels;

// Readers and writers of all manners, cancelled at random: each item that was accepted is read once or reported once, and one
// that was refused is neither.
public class LoopChannelStressTests
{
    public static TheoryData<LoopChannelOrder, int> Kinds => new()
    {
        { LoopChannelOrder.Fifo, 0 },
        { LoopChannelOrder.Fifo, 1 },
        { LoopChannelOrder.Fifo, 3 },
        { LoopChannelOrder.Fifo, int.MaxValue },
        { LoopChannelOrder.Lifo, 2 },
        { LoopChannelOrder.Priority, 2 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    [Seeds(100)]
    public void Items_AmidCancellations_AreReadOrReportedOnce(LoopChannelOrder order, int capacity) => Run(async () =>
    {
        for (ulong seed = 0; seed < 10; seed++) await new Play(order, capacity, seed).RunAsync();
    });

    private sealed class Play
    {
        private readonly SchedulingPolicy _dice;
        private readonly LoopChannel<int> _channel;
        private readonly Dictionary<int, int> _accepted = []; // how often each was read or reported
        private readonly HashSet<int> _refused = [];
        private int _next;

        public Play(LoopChannelOrder order, int capacity, ulong seed)
        {
            _dice = SchedulingPolicy.SeededRandom(seed);
            _channel = new LoopChannel<int>(new LoopChannelOptions<int> { Capacity = capacity == int.MaxValue ? null : capacity, Order = order, Undelivered = Settled });
        }

        public async Task RunAsync()
        {
            await TaskGroup.RunAsync(async group =>
            {
                List<LoopTask> tasks = [];
                for (int i = 0; i < 10; i++)
                {
                    bool writes = i % 2 == 0;
                    tasks.Add(group.Spawn(async () =>
                    {
                        for (int step = 0; step < 8; step++)
                        {
                            var source = new CancellationTokenSource();
                            if (Roll(4) == 0) EventLoop.Current.CallLater(Sec(Roll(3)), source.Cancel);
                            try
                            {
                                var token = Roll(2) == 0 ? source.Token : default;
                                await CancelScope.MoveOnAfterAsync(Sec(Roll(4)), () => writes ? WriteAsync(token) : ReadAsync(token));
                            }
                            catch (OperationCanceledException) when (source.IsCancellationRequested)
                            {
                            }
                            if (Roll(3) == 0) await EventLoop.Delay(Sec(Roll(2)));
                        }
                    }));
                }
                for (int i = 0; i < 4; i++)
                {
                    await EventLoop.Delay(Sec(Roll(3)));
                    tasks[Roll(tasks.Count)].Cancel();
                }
            });
            var before = _channel.GetStatistics();
            Assert.Equal((0, 0), (before.CurrentReaders, before.CurrentWriters));
            if (Roll(2) == 0)
            {
                _channel.Shutdown(immediate: true);
            }
            else
            {
                _channel.Writer.Complete();
                await foreach (int item in _channel.Reader.ReadAllAsync()) Settled(item);
            }
            await Settle();
            Assert.All(_accepted, item => Assert.True(item.Value == 1, $"item {item.Key} was read or reported {item.Value} times"));
            Assert.DoesNotContain(_accepted.Keys, _refused.Contains);
            Assert.Equal(_next, _accepted.Count + _refused.Count);
            var after = _channel.GetStatistics();
            Assert.Equal(_accepted.Count, after.TotalRead + after.TotalUndelivered);
        }

        private async Task WriteAsync(CancellationToken token)
        {
            switch (Roll(4))
            {
                case 0:
                    Try();
                    await EventLoop.Yield();
                    break;
                case 1:
                    if (await _channel.Writer.WaitToWriteAsync(token)) Try();
                    break;
                default:
                    int item = _next++;
                    _accepted[item] = 0;
                    await _channel.Writer.WriteAsync(item, token);
                    break;
            }
        }

        private void Try()
        {
            int item = _next++;
            _accepted[item] = 0;
            if (_channel.Writer.TryWrite(item)) return;
            _accepted.Remove(item);
            _refused.Add(item);
        }

        private async Task ReadAsync(CancellationToken token)
        {
            switch (Roll(5))
            {
                case 0:
                    if (_channel.Reader.TryRead(out int tried)) Settled(tried);
                    await EventLoop.Yield();
                    break;
                case 1:
                    if (await _channel.Reader.WaitToReadAsync(token) && _channel.Reader.TryRead(out int found)) Settled(found);
                    break;
                case 2:
                    await foreach (int item in _channel.Reader.ReadAllAsync(token))
                    {
                        Settled(item);
                        if (Roll(2) == 0) break;
                    }
                    break;
                default:
                    Settled(await _channel.Reader.ReadAsync(token));
                    break;
            }
        }

        private void Settled(int item) => _accepted[item]++;

        private int Roll(int sides) => _dice.Next(sides);
    }
}
