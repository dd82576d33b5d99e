using System.Text.Json.Serialization;

namespace Simul.Cli.Jobs;

// What a job host tells the command line; one JSON object a line.
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(JobReady), "ready")]
[JsonDerivedType(typeof(JobRefused), "refused")]
[JsonDerivedType(typeof(ItemStarted), "started")]
[JsonDerivedType(typeof(ItemEnded), "ended")]
[JsonDerivedType(typeof(JobDone), "done")]
internal abstract record JobReply;

// Window: how many items to keep under way, so that no worker runs dry and little is lost when the host dies.
internal sealed record JobReady(string Method, bool Asynchronous, int Workers, int Window) : JobReply;

// Bad usage: the sentence is for the user.
internal sealed record JobRefused(string Message) : JobReply;

// At: seconds on the engine's clock. It is on its way before the method begins, so that after a crash the command line
// can name the items that were under way.
// ProcessId: of the worker process, where the job asked for it.
internal sealed record ItemStarted(int Index, string Worker, double At, int? ProcessId = null) : JobReply;

// Json is the result's text; null when the item failed. Seconds: in the method alone. Final: trying again gives the same.
internal sealed record ItemEnded(int Index, string? Json, string? ErrorType, string? ErrorMessage, double Seconds, bool Final) : JobReply
{
    [JsonIgnore]
    public bool Failed => ErrorType is not null;
}

// HostCpuSeconds and HostPeakBytes are the host's own; where /proc exists the command line measures the whole tree itself.
internal sealed record JobDone(double GcPauseSeconds, double HostCpuSeconds, long HostPeakBytes) : JobReply;
