namespace Simul.Processes.Tests;

// Waits for what another process does, with a deadline.
internal static class Until
{
    public static Task TrueAsync(Func<bool> condition, string what, int seconds = 10) => TrueAsync(condition, () => what, seconds);

    public static Task TrueAsync(Func<bool> condition, Func<string> what, int seconds = 10) => TrueAsync(() => Task.FromResult(condition()), what, seconds);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, int seconds = 10)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(seconds), $"Not within {seconds} s: {what()}");
            await Task.Delay(2);
        }
    }

    public static Task ExistsAsync(string path) => TrueAsync(() => File.Exists(path), $"{path} exists");

    // A file exists a moment before what is written into it; who kills the writer next wants the line.
    public static Task WrittenAsync(string path) => TrueAsync(() => new FileInfo(path) is { Exists: true, Length: > 0 }, $"{path} has a line");

    // A zombie counts as gone: nothing of it runs.
    public static Task GoneAsync(int pid, int seconds = 10) => TrueAsync(() => !Lives(pid), $"process {pid} is gone", seconds);

    public static bool Lives(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
