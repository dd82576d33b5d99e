using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Simul.Cli.Jobs;

// Generated serialisation: the command line starts without reflection over its messages.
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobReply))]
internal sealed partial class JobJson : JsonSerializerContext
{
    // Letters stay letters: the texts go to files and pipes, never into a page.
    public static JobJson Messages { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
