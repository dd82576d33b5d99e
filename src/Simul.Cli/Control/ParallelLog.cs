using System.Text;

namespace Simul.Cli;

// A job log in GNU parallel's columns, so that people's scripts read it: one line an attempt, with tabs between the columns.
// Seq counts from 1; Host is ":", this machine; who was ended by a limit has the exit value -1, as there.
//
// Until the first line nothing is changed: a run that is refused leaves an earlier log as it is.
internal sealed class ParallelLog : IDisposable
{
    public const string Header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

    private readonly FileStream _file;
    private readonly bool _append;
    private readonly bool _torn;
    private bool _begun;

    private ParallelLog(FileStream file, bool append, bool torn)
    {
        _file = file;
        _append = append;
        _torn = torn;
    }

    // Goes on with what is there, or begins anew.
    public static ParallelLog Open(string path, bool append)
    {
        bool torn = append && IsTorn(path);
        return new ParallelLog(Files.Open(path, "--joblog", FileMode.OpenOrCreate), append, torn);
    }

    public void Add(ParallelLogLine line)
    {
        if (!_begun) Begin();
        WriteLine(line.ToString());
    }

    public void Dispose() => _file.Dispose();

    private void Begin()
    {
        _begun = true;
        if (!_append) _file.SetLength(0);
        _file.Seek(0, SeekOrigin.End);
        if (_file.Length == 0) WriteLine(Header);
        else if (_torn) WriteLine("");
    }

    // Whether the last run was killed in the middle of a line.
    private static bool IsTorn(string path)
    {
        if (!File.Exists(path)) return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private void WriteLine(string line)
    {
        _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        _file.Flush();
    }
}
