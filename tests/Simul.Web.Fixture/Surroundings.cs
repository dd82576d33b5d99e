namespace Simul.Web.Fixture;

// What a process finds around itself.
internal sealed record Surroundings(int ProcessId, bool IsServerCollector, string AspNetCore);
