using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

// A span for each loop task, for tracers that listen when the loop begins. Its parent is the activity that was current where the
// task was spawned; inside the task it is the current one.
// Thread safety: belongs to the loop's baton holder.
internal static class TaskActivities
{
    // Beside the tasks, so that one without a span does not grow.
    private static readonly ConditionalWeakTable<LoopTask, Activity> s_spans = [];

    public static void Begin(LoopTask task)
    {
        if (LoopActivities.Source.StartActivity(task.Name) is not { } span) return;
        span.SetTag(TelemetryNames.LoopTag, task.Core.Name);
        s_spans.Add(task, span);
    }

    public static void End(LoopTask task)
    {
        if (!s_spans.TryGetValue(task, out var span)) return;
        s_spans.Remove(task);
        if (task.Error is { } error) span.SetStatus(ActivityStatusCode.Error, error.Message);
        span.Dispose();
    }
}
