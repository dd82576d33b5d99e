using System.Diagnostics;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// The part of a Run frame that most items do not have: the attempt's number, the submitter's activity, and of a batch its place
// in the memory and how many items it has. One byte says what follows.
internal readonly record struct RunExtras(int Attempt, RunTrace? Trace, int Place, int Count)
{
    private const byte HasAttempt = 1, HasTrace = 2, IsBatch = 4;

    public static void Write(FrameWriter writer, Job job)
    {
        int attempt = job.Attempt + 1;
        writer.Write((byte)((attempt > 1 ? HasAttempt : 0) | (job.Trace is null ? 0 : HasTrace) | (job is BatchJob ? IsBatch : 0)));
        if (attempt > 1) writer.Write(attempt);
        if (job.Trace is { } activity) RunTrace.Write(writer, activity, job.Name);
        if (job is not BatchJob batch || !OperatingSystem.IsLinux()) return;
        writer.Write(batch.Place);
        writer.Write(batch.Count);
    }

    public static void WriteNone(FrameWriter writer) => writer.Write((byte)0);

    public static RunExtras Read(ref FrameBody body)
    {
        byte flags = body.ReadByte();
        int attempt = (flags & HasAttempt) != 0 ? body.ReadInt32() : 1;
        var trace = (flags & HasTrace) != 0 ? RunTrace.Read(ref body) : null;
        bool batch = (flags & IsBatch) != 0;
        return new(attempt, trace, batch ? body.ReadInt32() : 0, batch ? body.ReadInt32() : 0);
    }
}

// An activity of the submitter's process, as its worker sees it: in the form of the W3C headers.
internal sealed record RunTrace(string Name, string Parent, string? State, KeyValuePair<string, string?>[] Baggage)
{
    public static void Write(FrameWriter writer, Activity activity, string name)
    {
        writer.Write(name);
        writer.Write(activity.Id);
        writer.Write(activity.TraceStateString);
        var baggage = activity.Baggage.ToArray();
        writer.Write(baggage.Length);
        foreach (var (key, value) in baggage)
        {
            writer.Write(key);
            writer.Write(value);
        }
    }

    public static RunTrace Read(ref FrameBody body)
    {
        string name = body.ReadString()!;
        string parent = body.ReadString() ?? "";
        string? state = body.ReadString();
        var baggage = new KeyValuePair<string, string?>[body.ReadInt32()];
        for (int i = 0; i < baggage.Length; i++) baggage[i] = new(body.ReadString()!, body.ReadString());
        return new(name, parent, state, baggage);
    }

    // The span of the item in the worker; where nobody listens, an activity all the same, so that what the method sends
    // elsewhere still belongs to the submitter's trace.
    public Activity Begin(string worker, int attempt)
    {
        ActivityContext.TryParse(Parent, State, isRemote: true, out var parent);
        var span = LoopActivities.Source.CreateActivity(Name, ActivityKind.Internal, parent) ?? Unheard();
        foreach (var (key, value) in Baggage) span.AddBaggage(key, value);
        return WorkActivity.Tag(span.Start(), WorkerPool.EngineName, worker, attempt)!;
    }

    private Activity Unheard()
    {
        var activity = new Activity(Name);
        if (Parent.Length > 0) activity.SetParentId(Parent);
        activity.TraceStateString = State;
        return activity;
    }
}
