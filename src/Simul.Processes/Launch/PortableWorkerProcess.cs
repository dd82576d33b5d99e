using System.Diagnostics;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Launch;

// A worker on systems where we do not start processes ourselves.
internal sealed class PortableWorkerProcess : WorkerProcess
{
    private readonly Process _process;
    private readonly OutputLines _errorLines;

    public PortableWorkerProcess(ProcessStartInfo start, int index, Placement? placement, Action<string, bool, int> output)
    {
        Process? process = null;
        if (placement is null) process = StartIt(start);
        else placement.Start(index, () => (process = StartIt(start)).Id);
        _process = process!;
        Id = _process.Id;
        placement?.Apply(_process, index);
        int id = Id;
        _errorLines = new OutputLines(line => output(line, true, id), 4096);
        var lines = new OutputLines(line => output(line, false, id), 0);
        _process.StandardInput.Close();
        if (!start.RedirectStandardOutput)
        {
            _ = CollectAsync();
            return;
        }
        var error = Task.Factory.StartNew(() => Pump(_process.StandardError.BaseStream, _errorLines), TaskCreationOptions.LongRunning);
        var printed = Task.Factory.StartNew(() => Pump(_process.StandardOutput.BaseStream, lines), TaskCreationOptions.LongRunning);
        _ = CollectAsync(error, printed);
    }

    public override int Id { get; }

    public override string ErrorTail => _errorLines.Tail;

    public override void Terminate()
    {
        try
        {
            if (OperatingSystem.IsWindows()) _process.Kill();
            else if (!_process.HasExited) Libc.Kill(Id, Libc.SigTerm);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has gone already.
        }
    }

    public override void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has gone already.
        }
    }

    private static Process StartIt(ProcessStartInfo start) => Process.Start(start) ?? throw new WorkerStartException($"{start.FileName} could not be started.");

    private static void Pump(Stream stream, OutputLines lines)
    {
        byte[] buffer = new byte[4096];
        try
        {
            for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer)) lines.Add(buffer.AsSpan(0, count));
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The other end broke off; what came before it counts.
        }
        lines.End();
    }

    private async Task CollectAsync(params Task[] pumps)
    {
        // Not WaitForExitAsync: it also waits for the ends of the streams, which a grandchild may hold open.
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => exited.TrySetResult();
        if (_process.HasExited) exited.TrySetResult();
        await exited.Task.ConfigureAwait(false);
        try
        {
            await Task.WhenAll(pumps).WaitAsync(TimeSpan.FromMilliseconds(250), TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Somebody the worker started still holds its output; the worker itself has said all it had to say.
        }
        // Where signals exist, .NET reports 128 + the signal.
        int code = _process.ExitCode;
        SetExited(!OperatingSystem.IsWindows() && code is 128 + 9 or 128 + 6 or 128 + 11 ? new WorkerExit(null, code - 128) : new WorkerExit(code, null));
    }
}
