using System.Text.Json.Serialization;

namespace Simul.Cli.Jobs;

// What the command line tells a job host; one JSON object a line.
//
//   Open            once, first          answered by JobReady or JobRefused
//   RunItem         any number           answered by ItemStarted and ItemEnded
//   EndOfItems      once                 answered by JobDone when the last item has ended
//   GiveUp          at most once         items that wait are dropped, those that run see their token
//   Close           once, last           the engine is disposed of and the host ends
//
// The end of the stream in place of any of these means that the command line has died; the host ends at once.
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(OpenJob), "open")]
[JsonDerivedType(typeof(RunItem), "item")]
[JsonDerivedType(typeof(EndOfItems), "end")]
[JsonDerivedType(typeof(GiveUp), "give_up")]
[JsonDerivedType(typeof(CloseJob), "close")]
internal abstract record JobRequest;

// FirstInput is converted before anything runs: a list that cannot be read at all is bad usage, not a thousand failures.
internal sealed record OpenJob(string Assembly, string Method, string Engine, int? Workers, double? TimeoutSeconds, string FirstInput, bool TellProcessIds = false) : JobRequest;

internal sealed record RunItem(int Index, string Input) : JobRequest;

internal sealed record EndOfItems : JobRequest;

internal sealed record GiveUp : JobRequest;

internal sealed record CloseJob : JobRequest;
