using System.Text;

namespace Simul.Processes.Launch;

// Cuts what a worker writes into lines and keeps the last of them. A line without an end is passed on when it grows past
// 8 KiB, or when the process has gone.
//
// Thread safety: Add and End are called by one thread; Tail by any.
internal sealed class OutputLines(Action<string> line, int tailLength)
{
    private const int LongestLine = 8192;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _current = new();
    private readonly Queue<string> _tail = new(); // owner: itself as a lock
    private int _tailCharacters;

    public string Tail
    {
        get
        {
            lock (_tail) return string.Join('\n', _tail);
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = stackalloc char[1024];
        while (!bytes.IsEmpty)
        {
            _decoder.Convert(bytes, characters, flush: false, out int used, out int written, out _);
            bytes = bytes[used..];
            foreach (char c in characters[..written])
            {
                if (c == '\n') Finish();
                else _current.Append(c);
                if (_current.Length >= LongestLine) Finish();
            }
        }
    }

    public void End()
    {
        if (_current.Length > 0) Finish();
    }

    private void Finish()
    {
        string text = _current.ToString().TrimEnd('\r');
        _current.Clear();
        if (tailLength > 0)
        {
            lock (_tail)
            {
                _tail.Enqueue(text);
                _tailCharacters += text.Length + 1;
                while (_tailCharacters > tailLength && _tail.Count > 1) _tailCharacters -= _tail.Dequeue().Length + 1;
            }
        }
        try
        {
            line(text);
        }
        catch (Exception)
        {
            // The reader of output is not worth a worker; it was told not to throw.
        }
    }
}
