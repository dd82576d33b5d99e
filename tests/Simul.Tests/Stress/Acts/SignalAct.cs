namespace Simul.Tests.Stress;

// A manual event that is set and reset at once wakes everybody who waited by then.
internal sealed class SignalAct(Scenario scenario) : Act(scenario)
{
    private readonly AsyncEvent _signal = new(name: "signal");
    private int _given;
    private TimeSpan _lastGiven = TimeSpan.MinValue;

    public override async Task RunAsync(int depth)
    {
        if (Once(2))
        {
            _signal.Set();
            _given++;
            _lastGiven = EventLoop.Now;
            if (Once(2)) await EventLoop.Yield();
            _signal.Reset();
            await EventLoop.Yield();
            return;
        }
        bool wasSet = _signal.IsSet;
        int given = _given;
        bool late = await CancelScope.MoveOnAfterAsync(Sec(1 + Roll(3)), async () => await _signal.WaitAsync());
        if (late) Require(given == _given || _lastGiven == EventLoop.Now, "a signal passed one who waited");
        else Require(wasSet || given != _given, "one was woken without a signal");
    }

    public override void CheckAtRest() =>
        Require(_signal.GetStatistics() is { IsSet: false } or { CurrentWaiters: 0 }, "somebody waits for a signal that is there");

    public override void CheckAtEnd() => Require(_signal.GetStatistics().CurrentWaiters == 0, "somebody still waits for the signal");
}
