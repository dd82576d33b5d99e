namespace Simul.Cli.Jobs;

// "Did you mean": the names that are few letters away from what was written.
internal static class NearestName
{
    // Closest first; nothing that shares less than about two thirds of its letters.
    public static IReadOnlyList<string> Find(string written, IEnumerable<string> names, int limit = 3)
    {
        var near = names.Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Distance: Distance(written, name)))
            .Where(pair => pair.Distance <= Math.Max(2, Math.Max(written.Length, pair.Name.Length) / 3))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal).ToList();
        // Beside one that is a letter away, one that is three away was not meant.
        return near.Where(pair => pair.Distance <= near[0].Distance + 1).Take(limit).Select(pair => pair.Name).ToList();
    }

    // " Did you mean A or B?", or what there is, or nothing.
    public static string Hint(string written, IReadOnlyCollection<string> names, string what)
    {
        var near = Find(written, names);
        if (near.Count > 0) return $" Did you mean {string.Join(" or ", near)}?";
        if (names.Count == 0) return $" There is no {what} at all.";
        var some = names.Order(StringComparer.Ordinal).Take(8).ToList();
        return $" It has: {string.Join(", ", some)}{(names.Count > some.Count ? $" and {names.Count - some.Count} more" : "")}.";
    }

    // Edit distance without regard to case.
    private static int Distance(string a, string b)
    {
        a = a.ToUpperInvariant();
        b = b.ToUpperInvariant();
        var row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
