namespace Simul.Cli;

// Files that users name. What goes wrong with one is bad usage, said in one sentence.
internal static class Files
{
    // The lines of a file, without the empty ones; "-" is standard input.
    public static IReadOnlyList<string> ReadItems(string path, string option)
    {
        var items = ReadLines(path, option).Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0).ToList();
        if (items.Count == 0) throw new UsageException($"{option}: '{path}' has no items; write one a line.");
        return items;
    }

    public static string[] ReadLines(string path, string option)
    {
        try
        {
            return path == "-" ? Console.In.ReadToEnd().Split('\n') : File.ReadAllLines(path);
        }
        catch (Exception e) when (IsFileTrouble(e))
        {
            throw new UsageException($"{option}: cannot read '{path}': {Reason(e, path)}.", e);
        }
    }

    // Opened before the work begins, so that nobody loses an hour's results to a typo.
    public static FileStream Create(string path, string option) => Open(path, option, FileMode.Create);

    public static FileStream Open(string path, string option, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.Write, FileShare.Read);
        }
        catch (FileNotFoundException e)
        {
            throw new UsageException($"{option}: cannot write '{path}': no file can be made there.", e);
        }
        catch (Exception e) when (IsFileTrouble(e))
        {
            throw new UsageException($"{option}: cannot write '{path}': {Reason(e, path)}.", e);
        }
    }

    private static bool IsFileTrouble(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private static string Reason(Exception e, string path) => e switch
    {
        FileNotFoundException => "there is no such file",
        DirectoryNotFoundException => "its folder does not exist",
        _ when Directory.Exists(path) => "it is a folder",
        UnauthorizedAccessException => "permission denied",
        _ => e.Message.TrimEnd('.'),
    };
}
