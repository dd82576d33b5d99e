using System.Diagnostics;

namespace Simul;

// An item's span, for tracers that listen: its parent is the activity that was current where the item was submitted. Inside the
// item it is the current one; where nobody listens, the submitter's is.
internal static class WorkActivity
{
    // Null when there is nothing to end.
    public static Activity? Begin(string name, Activity? parent, string engine, string worker, int attempt)
    {
        if (parent is null && !LoopActivities.Source.HasListeners()) return null;
        Activity.Current = parent;
        return Tag(LoopActivities.Source.StartActivity(name), engine, worker, attempt);
    }

    public static Activity? Tag(Activity? span, string engine, string worker, int attempt)
    {
        if (span is null) return null;
        span.SetTag(TelemetryNames.EngineTag, engine);
        span.SetTag(TelemetryNames.WorkerTag, worker);
        if (attempt > 1) span.SetTag(TelemetryNames.AttemptTag, attempt);
        return span;
    }

    public static void End(Activity? span, Exception? failure)
    {
        if (span is null) return;
        if (failure is not null) span.SetStatus(ActivityStatusCode.Error, failure.Message);
        span.Dispose();
    }
}
