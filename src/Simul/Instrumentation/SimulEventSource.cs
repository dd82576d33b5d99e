using System.Diagnostics.Tracing;

namespace Simul;

// What a loop tells dotnet-trace and other listeners. While nobody listens no loop has a watch on its account, so nothing asks.
// One for the process; Telemetry makes it.
// The guide (docs/guide/debugging.md) lists the events.
[EventSource(Name = TelemetryNames.EventSource)]
internal sealed class SimulEventSource : EventSource
{
    // Called when somebody begins or ceases to listen, on the thread that switches. The base class may switch before this is set;
    // whoever makes the source calls it once more.
    private readonly Action? _switched;

    public SimulEventSource(Action switched) => _switched = switched;

    [Event(1, Level = EventLevel.Informational, Keywords = Keywords.Loops, Message = "{0} begins")]
    public void LoopStarted(string loop) => WriteEvent(1, loop);

    [Event(2, Level = EventLevel.Informational, Keywords = Keywords.Loops, Message = "{0} has ended after {1} turns and {2} callbacks")]
    public void LoopEnded(string loop, long turns, long callbacks) => WriteEvent(2, new EventSourcePrimitive[] { loop, turns, callbacks });

    [Event(3, Level = EventLevel.Informational, Keywords = Keywords.Tasks, Message = "{0}: task {1} '{2}' was spawned by '{3}'")]
    public void TaskSpawned(string loop, int id, string name, string parent) => WriteEvent(3, new EventSourcePrimitive[] { loop, id, name, parent });

    [Event(4, Level = EventLevel.Informational, Keywords = Keywords.Tasks, Message = "{0}: task {1} '{2}' runs")]
    public void TaskStarted(string loop, int id, string name) => WriteEvent(4, new EventSourcePrimitive[] { loop, id, name });

    [Event(5, Level = EventLevel.Informational, Keywords = Keywords.Tasks, Message = "{0}: task {1} '{2}' {3}")]
    public void TaskEnded(string loop, int id, string name, string outcome) => WriteEvent(5, new EventSourcePrimitive[] { loop, id, name, outcome });

    [Event(6, Level = EventLevel.Verbose, Keywords = Keywords.Turns, Message = "{0}: turn {1}, {2} callbacks")]
    public void Turn(string loop, long turn, int callbacks) => WriteEvent(6, new EventSourcePrimitive[] { loop, turn, callbacks });

    [Event(7, Level = EventLevel.Warning, Keywords = Keywords.Slowness, Message = "{0}: a callback of {1} took {2} ms")]
    public void SlowCallback(string loop, string task, double milliseconds) => WriteEvent(7, new EventSourcePrimitive[] { loop, task, milliseconds });

    [Event(8, Level = EventLevel.Warning, Keywords = Keywords.Slowness, Message = "{0} has been held up for {2} ms by {1}")]
    public void LoopBlocked(string loop, string task, double milliseconds) => WriteEvent(8, new EventSourcePrimitive[] { loop, task, milliseconds });

    [Event(9, Level = EventLevel.Error, Keywords = Keywords.Loops, Message = "{0} is stalled: {1}")]
    public void LoopStalled(string loop, string waits) => WriteEvent(9, loop, waits);

    protected override void OnEventCommand(EventCommandEventArgs command) => _switched?.Invoke();

    public static class Keywords
    {
        public const EventKeywords Loops = (EventKeywords)1;
        public const EventKeywords Tasks = (EventKeywords)2;
        public const EventKeywords Turns = (EventKeywords)4;
        public const EventKeywords Slowness = (EventKeywords)8;
    }
}
