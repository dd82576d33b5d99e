using System.Collections;
using System.Text.Json;

namespace Simul.Cli.Jobs;

// Reads a result file back and checks that it belongs to these inputs. Only the last line may be torn, by a process that
// was killed while it wrote; any other line that cannot be read means that the file is not ours, or damaged, and is left.
internal static class ResumeReader
{
    public static ResumePoint Read(string path, Stream file, IReadOnlyList<string> inputs)
    {
        var done = new BitArray(inputs.Count);
        var seen = new int[inputs.Count];
        var failed = new List<(long Start, long End)>();
        int count = 0;
        int number = 0;
        long at = 0;
        bool open = false;
        foreach (var (bytes, whole) in Lines(file))
        {
            number++;
            long end = at + bytes.Length + (whole ? 1 : 0);
            try
            {
                var (index, hasResult) = Check(bytes.Span, inputs);
                if (seen[index] > 0) throw new FormatException($"it has index {index}, and so has line {seen[index]}");
                seen[index] = number;
                if (hasResult)
                {
                    done[index] = true;
                    count++;
                }
                else
                {
                    failed.Add((at, end));
                }
                open = !whole;
            }
            catch (JsonException) when (!whole)
            {
                break; // torn
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                string what = e is JsonException ? "it is not JSON" : e.Message;
                throw new UsageException($"Line {number} of {path} does not belong to this job: {what}. The file was left as it is. Resume with the inputs it was made from, mend the line, or name another --out.");
            }
            at = end;
        }
        return new ResumePoint(done, count, failed, at, open, false);
    }

    private static (int Index, bool HasResult) Check(ReadOnlySpan<byte> line, IReadOnlyList<string> inputs)
    {
        var reader = new Utf8JsonReader(line);
        using var document = JsonDocument.ParseValue(ref reader);
        if (reader.Read()) throw new JsonException();
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("index", out var indexValue) || indexValue.ValueKind != JsonValueKind.Number || !indexValue.TryGetInt32(out int index)
            || !root.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.String)
            throw new FormatException("it has no index and input");
        bool hasResult = root.TryGetProperty("result", out _);
        if (!hasResult && !root.TryGetProperty("error", out _)) throw new FormatException("it has neither result nor error");
        if (index < 0 || index >= inputs.Count) throw new FormatException($"its index is {index}, and the inputs are {inputs.Count}");
        if (input.GetString() != inputs[index]) throw new FormatException($"its input is '{Host.BoundMethod.Shown(input.GetString()!)}', and input {index} is now '{Host.BoundMethod.Shown(inputs[index])}'");
        return (index, hasResult);
    }

    // Each line without its line end, and whether it had one.
    private static IEnumerable<(ReadOnlyMemory<byte> Line, bool Whole)> Lines(Stream file)
    {
        var buffer = new byte[64 * 1024];
        int from = 0, to = 0;
        while (true)
        {
            int end = buffer.AsSpan(from, to - from).IndexOf((byte)'\n');
            if (end >= 0)
            {
                yield return (buffer.AsMemory(from, end), true);
                from += end + 1;
                continue;
            }
            buffer.AsSpan(from, to - from).CopyTo(buffer);
            to -= from;
            from = 0;
            if (to == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            int read = file.Read(buffer, to, buffer.Length - to);
            to += read;
            if (read > 0) continue;
            if (to > 0) yield return (buffer.AsMemory(0, to), false);
            yield break;
        }
    }
}
