using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Simul.Cli;

// The same rows on Python, by a script of our own that this assembly carries. Nothing is installed and nothing is left
// behind: the script goes to python3 on its command line, in isolated mode.
internal static class PythonProbe
{
    public static readonly string[] Engines = ["asyncio", "threading", "multiprocessing"];

    // Measured runs take about 5 s each; a machine that needs four times as long has no answer to give.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    // Null where there is no python3, or one that cannot run the script; `why` says which.
    public static async Task<(Dictionary<string, double>? Figures, string? Why)> MeasureAsync(string engine, TimeProvider clock, CancellationToken token)
    {
        var start = new ProcessStartInfo("python3", ["-I", "-c", Script(), engine]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "python3 is not on the PATH, so the table has no Python beside it.");
        }
        using (process)
        using (Interrupt.OnLastResort(() => process.Kill(entireProcessTree: true)))
        {
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(s_patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                string output = await process.StandardOutput.ReadToEndAsync(either.Token);
                await process.WaitForExitAsync(either.Token);
                return process.ExitCode == 0 && Parse(output) is { } figures ? (figures, null) : (null, $"python3 could not measure {engine}: {LastLine(await error)}");
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                token.ThrowIfCancellationRequested();
                return (null, $"python3 needed more than {s_patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s for {engine} and was stopped.");
            }
        }
    }

    private static Dictionary<string, double>? Parse(string output)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            var read = document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble());
            // In the table's order, whatever order the script measured in.
            return ((string[])["waiting", "cores", "scale", "blocking", "gil"]).ToDictionary(row => row, row => read[row]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it ended without a word";

    private static string Script()
    {
        using var stream = typeof(PythonProbe).Assembly.GetManifestResourceStream("python_table.py")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
