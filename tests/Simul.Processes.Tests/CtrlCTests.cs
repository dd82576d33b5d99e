using System.Diagnostics;

namespace Simul.Processes.Tests;

// Ctrl+C, which a terminal sends to all processes of its foreground group. The application is started as the leader of a group
// and a session of its own, so that the signal goes to exactly whom a terminal's would, and not to the tests.
public sealed class CtrlCTests
{
    private const int Interrupt = 2; // SIGINT

    [Theory]
    [InlineData(Way.SharedMemory)]
    [InlineData(Way.Portable)]
    public async Task CtrlC_LetsTheApplicationDecide_AndItsWorkersGoOn(Way way)
    {
        using var folder = new Folder();
        using var application = Start("handles", way, folder["report"]);
        int[] workers = await InterruptAsync(application, folder["report"]);
        string output = await application.StandardOutput.ReadToEndAsync();
        await application.WaitForExitAsync();
        // What the item had begun it has ended, on a worker that no signal has reached.
        Assert.Equal((0, "interrupted; 42 from an untouched worker"), (application.ExitCode, output.Trim()));
        foreach (int worker in workers) await Until.GoneAsync(worker, seconds: 5);
    }

    [Theory]
    [InlineData(Way.SharedMemory)]
    [InlineData(Way.Portable)]
    public async Task CtrlC_WithoutAHandler_EndsTheApplication_AndLeavesNoWorker(Way way)
    {
        using var folder = new Folder();
        using var application = Start("does nothing", way, folder["report"]);
        int[] workers = await InterruptAsync(application, folder["report"]);
        await application.WaitForExitAsync();
        Assert.Equal(128 + Interrupt, application.ExitCode);
        foreach (int worker in workers) await Until.GoneAsync(worker, seconds: 5);
    }

    private static Process Start(string how, Way way, string report)
    {
        var start = WorkerHost.CreateStartInfo(typeof(CtrlCTests).Assembly.Location, typeof(Application), how, way.ToString(), report);
        string[] command = [start.FileName, .. start.ArgumentList];
        start.FileName = "setsid";
        start.ArgumentList.Clear();
        // Who is started by a shell in the background ignores SIGINT, and so would all that he starts.
        foreach (string argument in (string[])["env", "--default-signal=INT", .. command]) start.ArgumentList.Add(argument);
        start.RedirectStandardOutput = true;
        return Process.Start(start)!;
    }

    // Returns its workers.
    private static async Task<int[]> InterruptAsync(Process application, string report)
    {
        try
        {
            await Until.TrueAsync(() => File.Exists(report), "all workers are busy", 30);
            int[] workers = [.. File.ReadAllText(report).Split(' ').Select(int.Parse)];
            Assert.Equal(2, workers.Length);
            Assert.Equal(application.Id, GroupOf(application.Id));
            Native.Kill(-application.Id, Interrupt);
            return workers;
        }
        catch
        {
            application.Kill();
            throw;
        }
    }

    private static int GroupOf(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2]);
    }

    internal static class Application
    {
        internal static int Run(string[] arguments)
        {
            RunAsync(handles: arguments[0] == "handles", portable: arguments[1] == nameof(Way.Portable), arguments[2]).GetAwaiter().GetResult();
            return 0;
        }

        private static async Task RunAsync(bool handles, bool portable, string report)
        {
            var interrupted = new TaskCompletionSource();
            if (handles)
            {
                Console.CancelKeyPress += (_, pressed) =>
                {
                    pressed.Cancel = true;
                    interrupted.SetResult();
                };
            }
            using var go = ProcessEvent.Create();
            using var begun = ProcessEvent.Create();
            using var alsoBegun = ProcessEvent.Create();
            await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, PortableLaunch = portable });
            var first = pool.SubmitAsync(Answer, (begun, go));
            var second = pool.SubmitAsync(Answer, (alsoBegun, go));
            await begun.WaitAsync();
            await alsoBegun.WaitAsync();
            File.WriteAllText(report + ".new", string.Join(' ', pool.GetWorkerProcessIds()));
            File.Move(report + ".new", report);
            await interrupted.Task;
            Console.Write("interrupted; ");
            go.Set();
            Console.WriteLine($"{await first + await second} from an untouched worker");
        }

        private static int Answer((ProcessEvent Begun, ProcessEvent Go) item)
        {
            item.Begun.Set();
            item.Go.Wait();
            return 21;
        }
    }
}
