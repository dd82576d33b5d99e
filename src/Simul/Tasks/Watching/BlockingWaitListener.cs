using System.Diagnostics.Tracing;

namespace Simul;

// Hears from the BCL when a thread is about to block in Task.Wait or Task.Result. One for the process, while some loop is in
// debug mode. Its price: while it listens, every await of a Task raises an event too.
internal sealed class BlockingWaitListener : EventListener
{
    private const string Source = "System.Threading.Tasks.TplEventSource";
    private const EventKeywords TaskTransfer = (EventKeywords)1;
    private const int Synchronous = 1; // TaskWaitBegin's behaviour: blocks, not awaits

    private static readonly Lock s_gate = new();
    private static BlockingWaitListener? s_listener; // owner: s_gate
    private static int s_users;                      // owner: s_gate

    public static void Listen()
    {
        lock (s_gate)
        {
            if (s_users++ == 0) s_listener = new BlockingWaitListener();
        }
    }

    public static void Cease()
    {
        lock (s_gate)
        {
            if (--s_users > 0) return;
            s_listener?.Dispose();
            s_listener = null;
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source) EnableEvents(eventSource, EventLevel.Informational, TaskTransfer);
    }

    // On the thread that is about to wait.
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName != "TaskWaitBegin" || eventData.Payload is not [_, _, _, int behaviour, ..] || behaviour != Synchronous) return;
        LoopCore.Current?.Watch?.BlockingWait();
    }
}
