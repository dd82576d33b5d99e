namespace Simul.Cli;

// The file of --report. Opened before the work begins, so that nobody loses an hour's results to a typo; but written only at
// the end: until then an older report stays as it is, and work that did not end leaves no empty file behind.
internal sealed class ReportFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly bool _isNew;
    private bool _written;

    public ReportFile(string path)
    {
        _isNew = !File.Exists(path);
        _stream = Files.Open(path, "--report", FileMode.OpenOrCreate);
    }

    public string Path => _stream.Name;

    public void Write(Action<Stream> write)
    {
        // Made whole first: a report is some megabytes, and half of one is none.
        using var page = new MemoryStream();
        write(page);
        // A device such as /dev/null has no length, and takes none.
        if (_stream.Length > 0) _stream.SetLength(0);
        page.WriteTo(_stream);
        _stream.Flush();
        _written = true;
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (_isNew && !_written) File.Delete(_stream.Name);
    }
}
