using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Simul.Cli;

// What other programs offer: a broker for the cluster, Python to compare with.
internal static class OutsideChecks
{
    private const int AmqpPort = 5672;
    private static readonly TimeSpan s_brokerPatience = TimeSpan.FromMilliseconds(300); // loopback answers in under one
    private static readonly TimeSpan s_pythonPatience = TimeSpan.FromSeconds(5); // version managers start slowly

    public static async Task<DoctorCheck> BrokerAsync(CancellationToken cancellation)
    {
        string? server = FindServer();
        if (await AnswersAsync(cancellation))
            return DoctorCheck.Ok("broker", $"port {AmqpPort} answers on loopback{(server is null ? "" : $", {server}")}", "the cluster engine can use it");
        return server is not null
            ? DoctorCheck.Ok("broker", $"{server} (not running)", "start it for the cluster engine; until then processes do the work")
            : DoctorCheck.Missing("broker", $"no rabbitmq-server, nothing on port {AmqpPort}", "the cluster engine falls back to processes on this machine");
    }

    public static async Task<DoctorCheck> PythonAsync(CancellationToken cancellation)
    {
        const string Without = "the table is measured for Simul alone";
        const string Script = "import sys; print('%d.%d.%d' % sys.version_info[:3], 'with a GIL' if getattr(sys, '_is_gil_enabled', lambda: True)() else 'free-threaded')";
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", ["-I", "-S", "-c", Script])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            });
            if (process is null) return DoctorCheck.Missing("python3", "cannot be started", Without);
            process.StandardInput.Close();
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                patience.CancelAfter(s_pythonPatience);
                var complaint = process.StandardError.ReadToEndAsync(patience.Token);
                string text = (await process.StandardOutput.ReadToEndAsync(patience.Token)).Trim();
                await complaint;
                await process.WaitForExitAsync(patience.Token);
                return process.ExitCode == 0 && text.Length > 0
                    ? DoctorCheck.Ok("python3", text, "measured beside Simul in `simul table`")
                    : DoctorCheck.Missing("python3", $"ends with code {process.ExitCode}", Without);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return DoctorCheck.Missing("python3", $"no answer within {DurationText.Of(s_pythonPatience)}", Without);
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        catch (Win32Exception)
        {
            return DoctorCheck.Missing("python3", "not on the PATH", Without);
        }
    }

    private static string? FindServer()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            // Not on everybody's PATH, and where Debian and Homebrew put it.
            .Concat(["/usr/sbin", "/usr/lib/rabbitmq/bin", "/opt/homebrew/sbin", "/usr/local/sbin"]);
        return folders.Where(f => f.Length > 0).Select(f => Path.Combine(f, "rabbitmq-server")).FirstOrDefault(File.Exists);
    }

    private static async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_brokerPatience);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, AmqpPort), patience.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException || e is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
