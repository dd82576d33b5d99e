using System.Text;

namespace Simul.Cli;

// Where the commands' lines go: each with its command's number before it, in its command's colour on a terminal; at once, or
// together with the command's others when it has ended.
// Bytes pass as they are: what a command writes need not be text in our encoding.
//
// Thread safety: none; the supervisor's thread alone uses it.
internal sealed class RunOutput : IDisposable
{
    // Readable on dark and light: cyan, yellow, green, magenta, blue, red.
    private static readonly int[] s_palette = [36, 33, 32, 35, 34, 31];

    private readonly IReadOnlyList<RunJob> _jobs;
    private readonly RunOutputMode _mode;
    private readonly RunPrefix _prefix;
    private readonly int _digits;
    private readonly bool _toError;
    private readonly bool _colourOut;
    private readonly bool _colourError;
    private readonly MemoryStream _out = new();
    private readonly MemoryStream _error = new();
    private readonly Dictionary<int, Group> _groups = [];     // of commands that have not been printed
    private readonly HashSet<int> _ended = [];                // of those: who waits for an earlier one
    private readonly Queue<Group> _ready = new();             // to be printed by the next Flush
    private int _next;                                        // in order: whose turn it is

    public RunOutput(IReadOnlyList<RunJob> jobs, bool toError, RunOutputMode mode = RunOutputMode.Lines, RunPrefix prefix = RunPrefix.Number)
    {
        _jobs = jobs;
        _mode = mode;
        _prefix = prefix;
        _digits = (jobs.Count - 1).ToString().Length;
        _toError = toError;
        _colourError = Terminal.WantsColour && !Console.IsErrorRedirected;
        _colourOut = Terminal.WantsColour && !Console.IsOutputRedirected;
    }

    public bool HasLines => _out.Length + _error.Length + _ready.Count > 0;

    // A line without its end, from the command's standard output or error.
    public void Line(int index, ReadOnlySpan<byte> line, bool isError)
    {
        bool error = isError || _toError;
        byte[] prefix = Prefix(index, error ? _colourError : _colourOut);
        if (_mode == RunOutputMode.Lines)
        {
            var target = error ? _error : _out;
            target.Write(prefix);
            target.Write(line);
            target.WriteByte((byte)'\n');
            return;
        }
        if (!_groups.TryGetValue(index, out var group)) _groups.Add(index, group = new Group());
        var buffer = error ? group.Error : group.Out;
        buffer.Write(prefix);
        buffer.Write(line);
        buffer.Write("\n"u8);
    }

    // The command will not run again.
    public void Ended(int index)
    {
        if (_mode == RunOutputMode.Grouped) Release(index);
        if (_mode != RunOutputMode.Ordered) return;
        _ended.Add(index);
        while (_ended.Remove(_next)) Release(_next++);
    }

    // What a command printed that was put back: it will print it again.
    public void Forget(int index)
    {
        if (_groups.Remove(index, out var group)) group.Dispose();
    }

    // Nothing more will end: what waits for somebody who never ran is printed all the same.
    public void End()
    {
        foreach (int index in _groups.Keys.Order().ToList()) Release(index);
    }

    // A remark of the supervisor about one command.
    public void Remark(int index, string text)
    {
        _error.Write(Prefix(index, _colourError, always: true));
        Remark(text);
    }

    public void Remark(string text) => _error.Write(Encoding.UTF8.GetBytes($"simul: {text}\n"));

    public void Flush()
    {
        Flush(_out, StandardStreams.Output);
        var groups = new List<Group>();
        while (_ready.TryDequeue(out var group))
        {
            group.Out.CopyTo(StandardStreams.Output);
            groups.Add(group);
        }
        try
        {
            foreach (var group in groups) group.Error.CopyTo(StandardStreams.Error);
            Flush(_error, StandardStreams.Error);
        }
        catch (IOException) when (!_toError)
        {
            // Nobody reads the messages: no reason to end the work.
        }
        foreach (var group in groups) group.Dispose();
    }

    public void Dispose()
    {
        foreach (var group in _groups.Values.Concat(_ready)) group.Dispose();
    }

    private void Release(int index)
    {
        if (_groups.Remove(index, out var group)) _ready.Enqueue(group);
    }

    private static void Flush(MemoryStream buffer, Stream target)
    {
        if (buffer.Length == 0) return;
        int length = (int)buffer.Length;
        buffer.SetLength(0);
        target.Write(buffer.GetBuffer(), 0, length);
    }

    private byte[] Prefix(int index, bool colour, bool always = false)
    {
        if (_prefix == RunPrefix.None && !always) return [];
        bool tag = _prefix == RunPrefix.Item && !always;
        string text = tag ? _jobs[index].Item ?? $"{index}" : $"[{index.ToString().PadLeft(_digits)}]";
        string end = tag ? "\t" : " ";
        return Encoding.UTF8.GetBytes(colour ? $"\x1b[{s_palette[index % s_palette.Length]}m{text}\x1b[0m{end}" : text + end);
    }

    private sealed class Group : IDisposable
    {
        public SpillBuffer Out { get; } = new();

        public SpillBuffer Error { get; } = new();

        public void Dispose()
        {
            Out.Dispose();
            Error.Dispose();
        }
    }
}
