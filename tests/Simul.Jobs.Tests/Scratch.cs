using System.Text.Json;

namespace Simul.Jobs.Tests;

// A folder of its own for one test, and what tests do in it.
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("simul-jobs-").FullName;

    public string Out => Path.Combine(Folder, "out.jsonl");

    public string Inputs(params string[] lines) => Inputs((IEnumerable<string>)lines);

    public string Inputs(IEnumerable<string> lines)
    {
        string path = Path.Combine(Folder, "list.txt");
        File.WriteAllLines(path, lines);
        return path;
    }

    // The lines of the result file by index; each index once.
    public SortedDictionary<int, JsonElement> Results()
    {
        string text = File.ReadAllText(Out);
        Assert.True(text.Length == 0 || text.EndsWith('\n'), "The last line is torn.");
        var results = new SortedDictionary<int, JsonElement>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var value = JsonDocument.Parse(line).RootElement;
            results.Add(value.GetProperty("index").GetInt32(), value);
        }
        return results;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
