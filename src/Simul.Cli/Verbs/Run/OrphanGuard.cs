using System.IO.Pipes;

namespace Simul.Cli;

// Our side of the watchdog: a process of our own, in a session of its own, that is told every command's group and kills
// them all when it hears our death. It hears it by the end of its standard input: the kernel closes our end of the pipe
// however we die, and nobody else holds it, since every child gets it closed (close-on-exec from the first instant).
//
// Owner: the supervisor's thread.
internal sealed class OrphanGuard
{
    // In the environment of every command, and so of all that it starts, also of what leaves its group and session.
    public const string CookieName = "SIMUL_RUN";

    private AnonymousPipeServerStream? _pipe;
    private int _process;
    private bool _finished;

    public string Cookie { get; } = Guid.NewGuid().ToString("N");

    public bool IsWatchdog(int process) => process == _process && !_finished;

    public void Start(SemaphoreSlim started)
    {
        _pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        _process = ProcessSpawner.Start([.. OwnCommand(), RunWatchdog.Verb, Cookie], [], _pipe.ClientSafePipeHandle, null, null);
        _pipe.DisposeLocalCopyOfClientHandle();
        started.Release();
    }

    // Somebody killed the watchdog. A new one learns what runs.
    public void Restart(IEnumerable<int> running, SemaphoreSlim started)
    {
        _pipe?.Dispose();
        Start(started);
        foreach (int process in running) Add(process);
    }

    public void Add(int process) => Tell('+', process);

    public void Remove(int process) => Tell('-', process);

    // All is well: the watchdog ends without doing anything. Or, after a stop: it looks once more for who got away.
    public void Finish(bool sweep)
    {
        _finished = true;
        if (!sweep) Tell('.', 0);
        _pipe?.Dispose();
    }

    private void Tell(char what, int process)
    {
        try
        {
            _pipe?.Write(System.Text.Encoding.ASCII.GetBytes($"{what}{process}\n"));
        }
        catch (IOException)
        {
            // It has died; the reaper will say so, and then it is started again.
        }
    }

    // As we were started: `dotnet Simul.Cli.dll`, or our own executable.
    private static string[] OwnCommand()
    {
        string self = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, typeof(OrphanGuard).Assembly.Location] : [self];
    }
}
