using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Simul.Diagnostics.Tests;

/// <summary>A headless Chromium, where the machine has one.</summary>
internal static partial class Browser
{
    private static readonly string? Executable = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    public static bool IsPresent => Executable is not null;

    /// <summary>Opens a page, lets its scripts run, and gives the document they left.</summary>
    public static string Open(string html, int width = 1280)
    {
        string folder = Directory.CreateTempSubdirectory("simul-browser-").FullName;
        try
        {
            string page = Path.Combine(folder, "page.html");
            File.WriteAllText(page, html);
            string[] arguments =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", $"--user-data-dir={folder}/profile", $"--window-size={width},900",
                "--virtual-time-budget=3000", "--dump-dom", "file://" + page,
            ];
            using Process process = Process.Start(new ProcessStartInfo(Executable!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            Task<string> dom = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(60_000))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail("The browser did not end within 60 s: " + errors.Result);
            }

            return dom.Result;
        }
        finally
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // A helper of the browser may still write its profile; the system's temporary folder is cleaned anyway.
            }
        }
    }

    /// <summary>The page with a script of the test's behind its own; the page's policy, which would refuse it, taken out.</summary>
    public static string WithScript(string html, string script) =>
        Policy().Replace(html, "")
            .Replace("<head>", "<head><script>addEventListener('error', e => document.documentElement.dataset.error = e.message)</script>", StringComparison.Ordinal)
            .Replace("</body>", $"<script type=\"module\">{script}</script></body>", StringComparison.Ordinal);

    [GeneratedRegex("<meta http-equiv=\"Content-Security-Policy\"[^>]*>")]
    private static partial Regex Policy();
}

/// <summary>A test that needs a browser and is skipped without one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.IsPresent ? null : "No Chromium on this machine.";
}
