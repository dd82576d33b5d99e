using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;

namespace Simul.Processes.Tests.Web;

// Simul.Web.Fixture, running as a process of its own on a port of its own, and a client for it.
public sealed class WebApplicationProcess : IDisposable
{
    private const int Terminate = 15; // SIGTERM
    private const string Listens = "Now listening on: ";

    private static readonly string s_application = Path.Combine(
        AppContext.BaseDirectory.TrimEnd('/', '\\').Replace("Simul.Processes.Tests", "Simul.Web.Fixture"), "Simul.Web.Fixture");

    private readonly Folder _folder = new();
    private readonly ConcurrentQueue<string> _lines = new(); // what it has logged
    private readonly Process _process;

    private WebApplicationProcess(string[] arguments)
    {
        Assert.True(File.Exists(s_application + ".dll"), $"{s_application}.dll was not built: it is a project beside this one.");
        var start = new ProcessStartInfo("dotnet", [s_application + ".dll", "--urls", "http://127.0.0.1:0", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SIMUL_WEB_MAINS"] = _folder["mains"];
        // What the caller's shell may have set for applications of his own.
        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public HttpClient Client { get; private set; } = null!; // set by StartAsync

    // The processes in which its Main has run.
    public int[] Mains => [.. File.ReadAllLines(_folder["mains"]).Select(int.Parse)];

    public static async Task<WebApplicationProcess> StartAsync(params string[] arguments)
    {
        var application = new WebApplicationProcess(arguments);
        try
        {
            string line = await application.SaidAsync(Listens);
            application.Client = new HttpClient
            {
                BaseAddress = new Uri(line[(line.IndexOf(Listens, StringComparison.Ordinal) + Listens.Length)..]),
                Timeout = TimeSpan.FromSeconds(30), // a request that nobody answers is a failed test, not a hanging one
            };
            return application;
        }
        catch
        {
            application.Dispose();
            throw;
        }
    }

    public async Task<PoolReport> PoolAsync() => (await Client.GetFromJsonAsync<PoolReport>("/pool"))!;

    public async Task<PoolReport> PoolAsync(Func<PoolReport, bool> condition, string what)
    {
        PoolReport? last = null;
        await Until.TrueAsync(async () => condition(last = await PoolAsync()), () => $"{what}; it is {last}");
        return last!;
    }

    // Asks it to end, as a service manager or a container does.
    public Task TerminateAsync()
    {
        Assert.Equal(0, Native.Kill(Id, Terminate));
        return SaidAsync("Application is shutting down...");
    }

    // Waits for a line of its log.
    public async Task<string> SaidAsync(string text)
    {
        await Until.TrueAsync(() => Find() is not null || _process.HasExited, () => $"'{text}' in what it logs:\n{Log}", 20);
        if (Find() is null) await _process.WaitForExitAsync(); // and until all it has written is here
        return Find() ?? throw new InvalidOperationException($"It has not said '{text}' before it ended with code {_process.ExitCode}. It has logged:\n{Log}");

        string? Find() => _lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal));
    }

    // Its exit code.
    public async Task<int> EndAsync()
    {
        await Until.TrueAsync(() => _process.HasExited, () => "the application ends; it has logged:\n" + Log);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit(); // and until its output has ended
        _process.Dispose();
        Client?.Dispose();
        _folder.Dispose();
    }

    private string Log => string.Join('\n', _lines);

    private void Keep(object sender, DataReceivedEventArgs received)
    {
        if (received.Data is { } line) _lines.Enqueue(line);
    }
}
