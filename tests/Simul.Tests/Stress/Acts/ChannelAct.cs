using System.Threading.Channels;

namespace Simul.Tests.Stress;

// Writers and readers that may give up: what was written comes out once, what was not does not.
internal sealed class ChannelAct : Act
{
    private readonly LoopChannel<int> _channel;
    private readonly HashSet<int> _written = [];
    private int _next;

    public ChannelAct(Scenario scenario)
        : base(scenario) => _channel = Roll(4) switch
    {
        0 => LoopChannel.CreateRendezvous<int>("channel"),
        1 => LoopChannel.CreateUnbounded<int>("channel"),
        2 => LoopChannel.CreateBounded<int>(2, "channel"),
        _ => LoopChannel.CreateUnboundedPrioritized<int>(name: "channel"),
    };

    public override async Task RunAsync(int depth)
    {
        var time = Sec(1 + Roll(3));
        await CancelScope.MoveOnAfterAsync(time, Once(2) ? WriteAsync : ReadAsync);
    }

    public override void CheckAtRest()
    {
        var statistics = _channel.GetStatistics();
        Require(statistics.CurrentReaders == 0 || statistics is { CurrentItems: 0, CurrentWriters: 0 }, "somebody waits to read what is there");
        Require(statistics.CurrentWriters == 0 || statistics.CurrentItems == statistics.Capacity, "somebody waits to write where there is room");
    }

    public override void CheckAtEnd()
    {
        while (_channel.Reader.TryRead(out int item)) Read(item);
        Require(_written.Count == 0, $"{_written.Count} items were lost");
        Require(_channel.GetStatistics() is { CurrentReaders: 0, CurrentWriters: 0 }, "somebody still waits at the channel");
    }

    private async Task WriteAsync()
    {
        int item = _next++;
        _written.Add(item);
        try
        {
            await _channel.Writer.WriteAsync(item);
        }
        catch (OperationCanceledException)
        {
            Require(_written.Remove(item), "an item was read whose writer had given up");
            throw;
        }
    }

    private async Task ReadAsync()
    {
        if (Once(3)) await _channel.Reader.WaitToReadAsync();
        if (_channel.Reader.TryRead(out int item)) Read(item);
        else Read(await _channel.Reader.ReadAsync());
    }

    private void Read(int item) => Require(_written.Remove(item), "an item came twice");
}
