using System.Text;

namespace Simul.Cli;

// A job log in GNU parallel's columns, so that people's scripts read it: one line an attempt, with tabs between the columns.
// Seq counts from 1; Host is ":", this machine; a time limit has the exit value -1, as there.
internal sealed class ParallelLog(FileStream file) : IDisposable
{
    public const string Header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

    // Goes on with what is there, or begins.
    public static ParallelLog Open(string path, bool append)
    {
        bool torn = append && File.Exists(path) && IsTorn(path);
        var file = Files.Open(path, "--joblog", append ? FileMode.Append : FileMode.Create);
        var log = new ParallelLog(file);
        if (file.Length == 0) log.WriteLine(Header);
        else if (torn) log.WriteLine("");
        return log;
    }

    public void Add(ParallelLogLine line) => WriteLine(line.ToString());

    public void Dispose() => file.Dispose();

    // Whether the last run was killed in the middle of a line.
    private static bool IsTorn(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private void WriteLine(string line)
    {
        file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        file.Flush();
    }
}
