namespace Simul.Cli;

// Cuts what comes through a pipe into lines.
internal sealed class LineSplitter
{
    // A line longer than this is cut: a command that never writes a line end must not fill our memory.
    private const int Longest = 1 << 20;

    private byte[] _rest = new byte[256];
    private int _length; // of the rest: the beginning of a line whose end has not come

    public delegate void LineHandler(ReadOnlySpan<byte> line);

    public void Add(ReadOnlySpan<byte> data, LineHandler handler)
    {
        while (data.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (_length == 0)
            {
                handler(data[..end]);
            }
            else
            {
                Keep(data[..end]);
                Finish(handler);
            }
            data = data[(end + 1)..];
        }
        Keep(data);
        if (_length >= Longest) Finish(handler);
    }

    // The last line, when it had no end.
    public void Finish(LineHandler handler)
    {
        if (_length == 0) return;
        int length = _length;
        _length = 0;
        handler(_rest.AsSpan(0, length));
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (_length + data.Length > _rest.Length) Array.Resize(ref _rest, Math.Max(_rest.Length * 2, _length + data.Length));
        data.CopyTo(_rest.AsSpan(_length));
        _length += data.Length;
    }
}
