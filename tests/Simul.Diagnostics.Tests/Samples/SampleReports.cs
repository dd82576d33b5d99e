namespace Simul.Diagnostics.Tests.Samples;

/// <summary>Writes the samples beside the test assembly (<c>reports/</c>), where people and browsers find them.</summary>
internal static class SampleReports
{
    public static string Write(string name, TimelineDocument document)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "reports");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name);
        using FileStream file = File.Create(path);
        TimelineReport.WriteHtml(file, document);
        return path;
    }
}
