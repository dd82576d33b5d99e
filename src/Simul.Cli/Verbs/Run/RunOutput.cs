using System.Text;

namespace Simul.Cli;

// Where the commands' lines go: each with its command's number before it, in its command's colour on a terminal.
// Bytes pass as they are: what a command writes need not be text in our encoding.
//
// Thread safety: none; the supervisor's thread alone uses it.
internal sealed class RunOutput
{
    // Readable on dark and light: cyan, yellow, green, magenta, blue, red.
    private static readonly int[] s_palette = [36, 33, 32, 35, 34, 31];

    private readonly int _digits;
    private readonly bool _toError;
    private readonly bool _colourOut;
    private readonly bool _colourError;
    private readonly MemoryStream _out = new();
    private readonly MemoryStream _error = new();

    public RunOutput(int jobs, bool toError)
    {
        _digits = (jobs - 1).ToString().Length;
        _toError = toError;
        _colourError = Terminal.WantsColour && !Console.IsErrorRedirected;
        _colourOut = Terminal.WantsColour && !Console.IsOutputRedirected;
    }

    // A line without its end, from the command's standard output or error.
    public void Line(int index, ReadOnlySpan<byte> line, bool isError)
    {
        bool error = isError || _toError;
        var target = error ? _error : _out;
        target.Write(Prefix(index, error ? _colourError : _colourOut));
        target.Write(line);
        target.WriteByte((byte)'\n');
    }

    // A remark of the supervisor about one command.
    public void Remark(int index, string text)
    {
        _error.Write(Prefix(index, _colourError));
        _error.Write(Encoding.UTF8.GetBytes($"simul: {text}\n"));
    }

    public bool HasLines => _out.Length + _error.Length > 0;

    public void Flush()
    {
        Flush(_out, StandardStreams.Output);
        try
        {
            Flush(_error, StandardStreams.Error);
        }
        catch (IOException) when (!_toError)
        {
            // Nobody reads the messages: no reason to end the work.
        }
    }

    private static void Flush(MemoryStream buffer, Stream target)
    {
        if (buffer.Length == 0) return;
        int length = (int)buffer.Length;
        buffer.SetLength(0);
        target.Write(buffer.GetBuffer(), 0, length);
    }

    private byte[] Prefix(int index, bool colour)
    {
        string number = $"[{index.ToString().PadLeft(_digits)}]";
        return Encoding.UTF8.GetBytes(colour ? $"\x1b[{s_palette[index % s_palette.Length]}m{number}\x1b[0m " : number + " ");
    }
}
