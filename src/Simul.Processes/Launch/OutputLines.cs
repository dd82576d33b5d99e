using System.Text;

namespace Simul.Processes.Launch;

// Cuts what a worker writes into lines and keeps the last of them. A line without an end is passed on when it grows past
// 8 KiB, or when the process has gone.
//
// Why a process ends stands before a stack trace that may be far longer than what is kept (a stack overflow is; so is a
// fault in a converter). So the runtime's announcement is kept apart.
//
// Thread safety: Add and End are called by one thread; Tail by any.
internal sealed class OutputLines(Action<string> line, int tailLength)
{
    private const int LongestLine = 8192;
    private const int AnnouncementLines = 3;
    private const int AnnouncementLineLength = 1000;
    private static readonly string[] s_announcements = ["Stack overflow", "Unhandled exception", "Process terminated"];
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _current = new();
    private readonly Queue<string> _tail = new(); // owner: itself as a lock
    private readonly List<string> _announcement = []; // owner: _tail
    private int _tailCharacters;    // owner of these three: _tail
    private long _lines;            // ever finished
    private long _announcementLine; // the number of its first line

    public string Tail
    {
        get
        {
            lock (_tail)
            {
                long dropped = Math.Clamp(_lines - _tail.Count - _announcementLine, 0, _announcement.Count);
                if (dropped == 0) return string.Join('\n', _tail);
                return string.Join('\n', [.. _announcement.Take((int)dropped), "...", .. _tail]);
            }
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
                NoteAnnouncementLocked(text);
                _lines++;
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

    private void NoteAnnouncementLocked(string text)
    {
        if (Array.Exists(s_announcements, a => text.StartsWith(a, StringComparison.Ordinal)))
        {
            _announcement.Clear();
            _announcementLine = _lines;
        }
        else if (_announcement.Count is 0 or AnnouncementLines)
        {
            return;
        }
        _announcement.Add(text.Length <= AnnouncementLineLength ? text : text[..AnnouncementLineLength]);
    }
}
