using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Threading.Channels;
using Simul.Processes.Launch;

namespace Simul.Cli.Jobs;

// A job host as the command line sees it: a process, what it is told, and what it answers.
// Thread safety: Send from any thread; Replies has one reader.
internal sealed class JobHostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly JobPipe _pipe;
    private readonly Channel<JobReply> _replies = Channel.CreateUnbounded<JobReply>(new() { SingleReader = true });
    private readonly IDisposable _lastResort;
    private readonly Task _pumps;

    private JobHostProcess(Process process, JobPipe pipe, Action<string> say)
    {
        _process = process;
        _pipe = pipe;
        // Ctrl+C twice: the host would see the end of the stream soon, but soon is not at once.
        _lastResort = Interrupt.OnLastResort(Kill);
        // A thread of its own: blocking reads, and nothing on the pool can delay them.
        new Thread(ReadReplies) { Name = "job host replies", IsBackground = true }.Start();
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput, say), PumpAsync(process.StandardError, say));
    }

    public int ProcessId => _process.Id;

    // Ends when the host has closed its end, which is when it has ended.
    public ChannelReader<JobReply> Replies => _replies.Reader;

    // say: takes the lines that the user's code and the runtime print.
    public static JobHostProcess Start(JobAssembly target, Action<string> say)
    {
        var requests = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var replies = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        var start = WorkerHost.CreateStartInfo(
            target.Path, typeof(Host.JobHost), requests.GetClientHandleAsString(), replies.GetClientHandleAsString(), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        start.RedirectStandardInput = true; // the user's code does not read our terminal
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        if (target.NeedsRollForward) AddOption(start, "--roll-forward", "LatestMajor");
        // The runtime's diagnostic sockets are files in the temporary folder, which a killed process leaves behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = Process.Start(start) ?? throw new JobFailure("The job host could not be started.");
        process.StandardInput.Close();
        // Ours must be the only other ends, or nobody would see an end of stream.
        var pipe = new JobPipe(Own(replies), Own(requests));
        return new JobHostProcess(process, pipe, say);
    }

    public void Send(JobRequest request)
    {
        try
        {
            _pipe.Write(request, JobJson.Messages.JobRequest);
        }
        catch (IOException)
        {
            // The host has gone; the reader finds out and says what is known.
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended already.
        }
    }

    // The exit code, once the host has gone; it is ended by force when that takes longer than patience.
    public async Task<int> WaitForExitAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        return _process.ExitCode;
    }

    // What it printed last may still be on its way here. Not for ever: a grandchild can hold the stream open.
    public Task ReadOutputAsync() => Task.WhenAny(_pumps, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System));

    public async ValueTask DisposeAsync()
    {
        Send(new CloseJob());
        await WaitForExitAsync(TimeSpan.FromSeconds(7));
        await ReadOutputAsync();
        _lastResort.Dispose();
        _pipe.Dispose();
        _process.Dispose();
    }

    // An option of `dotnet exec`, for the host and for the workers it will start.
    private static void AddOption(ProcessStartInfo start, string name, string value)
    {
        start.ArgumentList.Insert(1, value);
        start.ArgumentList.Insert(1, name);
        start.Environment[HostCommand.Variable] = $"{name}\n{value}\n{start.Environment[HostCommand.Variable]}";
    }

    // Closes the child's end here and takes our end out of the server stream.
    private static AnonymousPipeServerStream Own(AnonymousPipeServerStream server)
    {
        server.DisposeLocalCopyOfClientHandle();
        return server;
    }

    private void ReadReplies()
    {
        while (_pipe.Read(JobJson.Messages.JobReply) is { } reply) _replies.Writer.TryWrite(reply);
        _replies.Writer.Complete();
    }

    private static async Task PumpAsync(StreamReader from, Action<string> say)
    {
        try
        {
            while (await from.ReadLineAsync() is { } line) say(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Closed by us while a grandchild still held its end.
        }
    }
}
