using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Simul.Cli;

// The answer to --json: one value, one line, nothing else on standard output.
internal static class JsonOutput
{
    public static void Write<T>(T value, JsonTypeInfo<T> type)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(value, type);
        byte[] line = new byte[text.Length + 1];
        text.CopyTo(line, 0);
        line[^1] = (byte)'\n';
        Console.Out.Flush();
        StandardStreams.Output.Write(line);
    }
}
