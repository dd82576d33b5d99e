using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Simul.Logging.Entries;

// An entry as bytes, in the worker. Both sides run the same build, so there is no version in it; and it is no business of the
// executor's serializer, so that an entry is the same whatever that is.
internal static class EntryWriter
{
    private const int KeepCapacity = 64 * 1024;

    // Writes exceptions as items' failures travel: their own type where it can be made again, with stack trace and inner ones.
    internal static readonly JsonWorkSerializer Exceptions = new();

    [ThreadStatic] private static MemoryStream? t_buffer;

    public static byte[] Write<TState>(string? category, string worker, LogLevel level, EventId eventId, string message, TState state, Exception? exception, IExternalScopeProvider scopes)
    {
        // Taken out while in use: the text of a value may log something itself.
        var buffer = t_buffer ?? new MemoryStream(256);
        t_buffer = null;
        buffer.SetLength(0);
        var writer = new BinaryWriter(buffer);
        WriteText(writer, category);
        writer.Write(worker);
        writer.Write(Environment.ProcessId);
        writer.Write((byte)level);
        writer.Write(eventId.Id);
        WriteText(writer, eventId.Name);
        WriteState(writer, message, state);
        WriteException(writer, exception);
        WriteScopes(writer, scopes);
        writer.Flush();
        byte[] bytes = buffer.ToArray();
        if (buffer.Capacity <= KeepCapacity) t_buffer = buffer;
        return bytes;
    }

    private static void WriteText(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null) writer.Write(text);
    }

    // The count is -1 where there are no names and values.
    private static void WriteState(BinaryWriter writer, string text, object? state)
    {
        writer.Write(text);
        if (state is not IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            writer.Write(-1);
            return;
        }
        KeyValuePair<string, object?>[] copy = [.. pairs]; // it may be anybody's dictionary, and change meanwhile
        writer.Write(copy.Length);
        foreach (var (name, value) in copy)
        {
            writer.Write(name ?? "");
            LogValue.Write(writer, value);
        }
    }

    private static void WriteException(BinaryWriter writer, Exception? exception)
    {
        if (exception is null)
        {
            writer.Write(0);
            return;
        }
        var bytes = new ArrayBufferWriter<byte>(1024);
        Exceptions.Write(bytes, exception);
        writer.Write(bytes.WrittenCount);
        writer.Write(bytes.WrittenSpan);
    }

    private static void WriteScopes(BinaryWriter writer, IExternalScopeProvider scopes)
    {
        var all = new List<object>();
        scopes.ForEachScope(static (scope, list) =>
        {
            if (scope is not null) list.Add(scope);
        }, all);
        writer.Write(all.Count);
        foreach (object scope in all) WriteState(writer, LogValue.TextOf(scope), scope);
    }
}
