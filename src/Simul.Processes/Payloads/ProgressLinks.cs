using System.Buffers;

namespace Simul.Processes.Payloads;

// The receivers of progress among what an item takes along: an IProgress<T> or Progress<T> that is its argument, is captured, or
// lies somewhere inside of these. What travels is a number; the worker gets an IProgress<T> that sends what it is told.
//
// Thread safety: a collection belongs to one thread.
internal static class ProgressLinks
{
    [ThreadStatic] private static bool t_collects;
    [ThreadStatic] private static List<ProgressLink>? t_links;

    // Collects while an item's values are written; null when there was none. A converter of the user's may submit work itself,
    // so collections nest.
    public static List<ProgressLink>? Collect<TState>(TState state, Action<TState> write)
    {
        var (collects, links) = (t_collects, t_links);
        (t_collects, t_links) = (true, null);
        try
        {
            write(state);
            return t_links;
        }
        finally
        {
            (t_collects, t_links) = (collects, links);
        }
    }

    public static int Add(ProgressLink link)
    {
        if (!t_collects) throw new WorkSerializationException("Progress goes from the worker to its submitter: an IProgress<T> can be an argument or a captured variable of an executor's item or initializer, and nothing else.");
        (t_links ??= []).Add(link);
        return t_links.Count - 1;
    }
}

// A receiver in the submitter's process.
internal abstract class ProgressLink
{
    // The call to the receiver, with the value read: what it was read from does not last.
    public abstract Action Read(ReadOnlySpan<byte> value, WorkSerializer serializer);
}

internal sealed class ProgressLink<T>(IProgress<T> receiver) : ProgressLink
{
    public override Action Read(ReadOnlySpan<byte> value, WorkSerializer serializer)
    {
        var read = WorkPayload.Deserialize<T>(value, serializer, "A report of progress");
        return () => receiver.Report(read);
    }
}

// What the worker has in its place. A Progress<T>, because the method may have been promised one.
internal sealed class RemoteProgress<T>(Worker.WorkerItem item, int number) : Progress<T>
{
    protected override void OnReport(T value)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        PayloadCodec<T>.Instance.Write(bytes, value, item.Input.Serializer);
        item.Report(number, bytes.WrittenSpan);
    }
}
