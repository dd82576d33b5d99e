using System.Text.Json;

namespace Simul.Cli;

// One line of JSON for each attempt, on disk as soon as it ended: a log that is read while the run goes on, or after it
// was killed, is complete so far.
internal sealed class JobLog(FileStream file) : IDisposable
{
    public void Add(RunAttempt attempt)
    {
        file.Write(JsonSerializer.SerializeToUtf8Bytes(attempt, CliJson.Default.RunAttempt));
        file.WriteByte((byte)'\n');
        file.Flush();
    }

    public void Dispose() => file.Dispose();
}
