namespace Simul.Processes.Tests.Faults;

// A worker by what never comes again: ids do, within a thousand pools.
internal sealed record WorkerTrace(int Id, string Start)
{
    // Of a process that lives.
    public static WorkerTrace Of(int id) => new(id, StartOf(id) ?? "");

    // And has left no file: the runtime names its own after id and start.
    public void AssertGone()
    {
        if (Start.Length == 0) return; // it had gone before we could look
        Assert.False(StartOf(Id) == Start && Until.Lives(Id), $"worker {Id} lives");
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetTempPath(), $"*-{Id}-{Start}-*"));
    }

    private static string? StartOf(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
