using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Simul.Cli.Jobs;

// One direction pair of the private channel: JSON lines. Standard output is not used, since the user's code prints there.
// Thread safety: Write from any thread; Read from one.
internal sealed class JobPipe(Stream input, Stream output) : IDisposable
{
    private readonly Lock _writing = new();
    private readonly ArrayBufferWriter<byte> _line = new(512); // owner: _writing
    private byte[] _buffer = new byte[16 * 1024];
    private int _from;
    private int _to;

    // A line leaves in one write before this returns: what was said is said even if the process dies in the next moment.
    public void Write<T>(T message, JsonTypeInfo<T> type)
    {
        lock (_writing)
        {
            _line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = type.Options.Encoder }))
                JsonSerializer.Serialize(json, message, type);
            _line.Write("\n"u8);
            output.Write(_line.WrittenSpan);
            output.Flush();
        }
    }

    // Null at the end of the stream, also when the other side died in the middle of a line.
    public T? Read<T>(JsonTypeInfo<T> type)
        where T : class
    {
        while (true)
        {
            int end = _buffer.AsSpan(_from, _to - _from).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var message = JsonSerializer.Deserialize(_buffer.AsSpan(_from, end), type);
                _from += end + 1;
                return message;
            }
            if (!Fill()) return null;
        }
    }

    public void Dispose()
    {
        output.Dispose();
        input.Dispose();
    }

    private bool Fill()
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            _to -= _from;
            _from = 0;
        }
        if (_to == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        try
        {
            int read = input.Read(_buffer, _to, _buffer.Length - _to);
            _to += read;
            return read > 0;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }
}
