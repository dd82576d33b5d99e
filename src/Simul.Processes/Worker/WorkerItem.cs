using Simul.Processes.Methods;
using Simul.Processes.Payloads;

namespace Simul.Processes.Worker;

// One item in the worker: received, perhaps begun.
internal sealed class WorkerItem(long id, MethodResolver method, ItemInput input)
{
    private readonly CancellationTokenSource _cancel = new();

    public long Id => id;

    public MethodResolver Method => method;

    public ItemInput Input => input;

    public CancellationToken Token => _cancel.Token;

    public RemoteVirtualClock? Clock { get; set; }

    // Not on the thread that receives: it runs what the method registered.
    public void Cancel(Action afterwards) => ThreadPool.UnsafeQueueUserWorkItem(_ =>
    {
        try
        {
            _cancel.Cancel();
        }
        catch (AggregateException)
        {
            // What the method's own callbacks throw is not worth the worker; the item ends, or is killed.
        }
        afterwards();
    }, null);
}
