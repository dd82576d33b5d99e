using System.Diagnostics;
using Simul.Processes.Payloads;
using Simul.Processes.Sharing;

namespace Simul.Processes.Pool;

// What most jobs never have: apart, so that the many that are under way are small.
internal sealed class JobExtras
{
    // What its lambda captured, or its object.
    public Payload Closure { get; set; }

    // Where it was submitted: the parent of its spans in the worker.
    public Activity? Trace { get; set; }

    public ITimer? TimeLimitTimer { get; set; }

    public ITimer? GraceTimer { get; set; }

    public ITimer? RetryTimer { get; set; }

    // Receivers of its progress; null when it has none.
    public List<ProgressLink>? Links { get; set; }

    // Made with its first report.
    public ReportQueue? Reports { get; set; }

    // In virtual time: who holds the clock for this item, from the moment a worker is bound to take it.
    public ClockMember? Member { get; set; }

    // The number of the sleep that Member waits in; 0 for none. Set by the worker's thread before it idles; reset by whoever
    // ends the sleep.
    public int Sleep { get; set; }

    // Shared objects on the way to the worker.
    public SharedCargo? Cargo { get; set; }

    // Owner: whoever handles its failures, one at a time.
    public int Losses;

    public void StopTimers()
    {
        TimeLimitTimer?.Dispose();
        GraceTimer?.Dispose();
        RetryTimer?.Dispose();
        TimeLimitTimer = GraceTimer = RetryTimer = null;
    }
}
