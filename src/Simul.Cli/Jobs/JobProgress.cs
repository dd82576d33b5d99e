namespace Simul.Cli.Jobs;

// Where a run stands, with the lines that the user's code prints above the bar.
// Thread safety: all members from any thread.
internal sealed class JobProgress(string engine, int total) : IDisposable
{
    private readonly Lock _gate = new();
    private ProgressReporter? _reporter; // owner: _gate; null before Begin
    private int _done; // owner of both: _gate
    private int _failed;
    private bool _ended; // owner: _gate

    // A job that is refused before this shows no progress.
    public void Begin()
    {
        lock (_gate) _reporter = ProgressReporter.Start(total, $"items on {engine}");
    }

    public void Advance(bool failed)
    {
        lock (_gate)
        {
            _done++;
            if (failed) _failed++;
            _reporter?.Report(_done, _failed);
        }
    }

    public void Say(string line)
    {
        lock (_gate)
        {
            if (_ended || _reporter is null) Console.Error.WriteLine(line);
            else _reporter.Report(_done, _failed, () => Console.Error.WriteLine(line));
        }
    }

    // The last line, and from here on Say only writes.
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _reporter?.Dispose();
        }
    }
}
