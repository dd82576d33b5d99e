using System.Text.Json.Serialization;

namespace Simul.Cli;

// The shapes that --json prints, written at compile time: reflection would cost 30 ms a start. Names become snake_case
// (DurationS is duration_s). Add a verb's shapes as further attributes.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChessResult))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(CompareReport))]
[JsonSerializable(typeof(TableResult))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(RunAttempt))]
internal sealed partial class CliJson : JsonSerializerContext;
