using System.Text;

namespace WordCount;

/// <summary>What is in one text file.</summary>
public sealed record FileReport(string File, int Lines, int Words, long Bytes, int DistinctWords, IReadOnlyList<WordUse> Top);

/// <summary>A word and how often it was used.</summary>
public sealed record WordUse(string Word, int Uses);

/// <summary>Counts lines, words and the words used most. Plain methods: which engine runs them is somebody else's choice.</summary>
public static class Counter
{
    private const int TopWords = 5;

    /// <summary>Reads the file with blocking calls: for threads and processes.</summary>
    public static FileReport CountFile(FileInfo file) => Count(file.Name, File.ReadAllBytes(file.FullName));

    /// <summary>Reads the file asynchronously, so that a loop can read many at once.</summary>
    public static async Task<FileReport> CountFileAsync(FileInfo file, CancellationToken cancellationToken) =>
        Count(file.Name, await File.ReadAllBytesAsync(file.FullName, cancellationToken));

    private static FileReport Count(string name, byte[] bytes)
    {
        var uses = new Dictionary<string, int>();
        var lookup = uses.GetAlternateLookup<ReadOnlySpan<char>>();
        int words = 0;
        ReadOnlySpan<char> rest = Encoding.UTF8.GetString(bytes).ToLowerInvariant();
        while (!rest.IsEmpty)
        {
            int start = 0;
            while (start < rest.Length && !char.IsLetter(rest[start])) start++;
            int end = start;
            while (end < rest.Length && (char.IsLetter(rest[end]) || rest[end] == '\'')) end++;
            if (end > start)
            {
                words++;
                var word = rest[start..end];
                lookup[word] = lookup.TryGetValue(word, out int seen) ? seen + 1 : 1;
            }
            rest = rest[end..];
        }
        // Equal counts by the alphabet: the same file gives the same report, on every engine.
        var top = uses.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(TopWords).Select(pair => new WordUse(pair.Key, pair.Value)).ToList();
        return new FileReport(name, bytes.AsSpan().Count((byte)'\n'), words, bytes.Length, uses.Count, top);
    }
}
