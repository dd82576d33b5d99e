using System.Diagnostics;
using Simul.Processes.Methods;
using Simul.Processes.Payloads;
using Simul.Processes.Pool;

namespace Simul.Processes.Worker;

// One item in the worker: received, perhaps begun.
internal sealed class WorkerItem(long id, MethodResolver method, RunExtras extras, WorkerSender sender, ItemInput input)
{
    private readonly CancellationTokenSource _cancel = new();

    public long Id => id;

    public MethodResolver Method => method;

    public ItemInput Input => input;

    public int Attempt => extras.Attempt;

    // Of a batch, how many items it has; 0 of others.
    public int Count => extras.Count;

    public int Place => extras.Place;

    public CancellationToken Token => _cancel.Token;

    public RemoteVirtualClock? Clock { get; set; }

    // Progress, for the receiver of this number.
    public void Report(int number, ReadOnlySpan<byte> value) => sender.SendReport(id, number, value);

    // Null where nobody traces. Where nobody can, not even the types of tracing are touched.
    public IDisposable? BeginSpan(string worker) => extras.Trace is null && !Tracers.MayListen ? null : BeginHeardSpan(worker);

    public static void EndSpan(IDisposable span, Exception? failure) => WorkActivity.End((Activity)span, failure);

    private Activity? BeginHeardSpan(string worker) =>
        extras.Trace?.Begin(worker, Attempt) ?? WorkActivity.Begin(method.Display, null, WorkerPool.EngineName, worker, Attempt);

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
