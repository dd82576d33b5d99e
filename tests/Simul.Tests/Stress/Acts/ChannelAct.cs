namespace Simul.Tests.Stress;

// Through a channel each item goes once, in order, or is reported: a queue of two, or a rendezvous.
internal sealed class ChannelAct : Act
{
    private readonly LoopChannel<int> _channel;
    private int _written, _read, _undelivered;

    public ChannelAct(Scenario scenario)
        : base(scenario) =>
        _channel = new LoopChannel<int>(new LoopChannelOptions<int> { Capacity = Roll(2) * 2, Name = "stress", Undelivered = _ => _undelivered++ });

    public override async Task RunAsync(int depth)
    {
        // The other side may never come.
        await CancelScope.MoveOnAfterAsync(Sec(1 + Roll(4)), () => Once(2) ? WriteAsync() : ReadAsync());
    }

    public override void CheckAtEnd()
    {
        while (_channel.Reader.TryRead(out _)) _read++;
        var statistics = _channel.GetStatistics();
        Require(_written == _read + _undelivered, $"{_written} items went in, {_read} were read and {_undelivered} reported");
        Require(statistics is { CurrentItems: 0, CurrentReaders: 0, CurrentWriters: 0 }, $"something is left in the channel: {statistics}");
        Require(statistics.TotalRead == _read && statistics.TotalUndelivered == _undelivered, $"the channel counted otherwise: {statistics}");
    }

    private async Task WriteAsync()
    {
        _written++;
        if (Once(3) && _channel.Writer.TryWrite(_written)) return;
        await _channel.Writer.WriteAsync(_written);
    }

    private async Task ReadAsync()
    {
        if (Once(3))
        {
            if (!await _channel.Reader.WaitToReadAsync() || !_channel.Reader.TryRead(out _)) return;
        }
        else
        {
            await _channel.Reader.ReadAsync();
        }
        _read++;
    }
}
