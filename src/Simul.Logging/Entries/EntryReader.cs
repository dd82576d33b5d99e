using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Simul.Logging.Entries;

// The other side of EntryWriter.
internal static class EntryReader
{
    public static LogEntry Read(ReadOnlyMemory<byte> bytes)
    {
        var array = MemoryMarshal.TryGetArray(bytes, out var segment) ? segment : bytes.ToArray();
        using var reader = new BinaryReader(new MemoryStream(array.Array!, array.Offset, array.Count, writable: false));
        string? category = ReadText(reader);
        string worker = reader.ReadString();
        int processId = reader.ReadInt32();
        var level = (LogLevel)reader.ReadByte();
        int id = reader.ReadInt32();
        var eventId = new EventId(id, ReadText(reader));
        var (message, pairs) = ReadState(reader);
        var exception = reader.ReadInt32() is > 0 and var length ? EntryWriter.Exceptions.Read<Exception>(reader.ReadBytes(length)) : null;
        object[] scopes = new object[reader.ReadInt32()];
        for (int i = 0; i < scopes.Length; i++)
        {
            // A scope of one text is a text to its providers, not a list without names.
            var (text, names) = ReadState(reader);
            scopes[i] = names is null ? text : new LogState(text, names);
        }
        return new LogEntry(category, worker, processId, level, eventId, new LogState(message, pairs ?? []), exception, scopes);
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    private static (string Text, KeyValuePair<string, object?>[]? Pairs) ReadState(BinaryReader reader)
    {
        string text = reader.ReadString();
        int count = reader.ReadInt32();
        if (count < 0) return (text, null);
        var pairs = new KeyValuePair<string, object?>[count];
        for (int i = 0; i < count; i++) pairs[i] = new(reader.ReadString(), LogValue.Read(reader));
        return (text, pairs);
    }
}
