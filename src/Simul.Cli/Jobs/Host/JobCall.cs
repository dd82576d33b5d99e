namespace Simul.Cli.Jobs.Host;

// One item on its way to a worker. The method travels as its assembly and metadata token: the host has settled which
// overload is meant, the worker need not look again. The call is what every engine carries, so that an argument that
// cannot travel (a FileInfo) is made where it is used.
// Ticket: unique in the host, another one for each attempt.
internal sealed record JobCall(string Assembly, int Token, string Input, long Ticket);

// What came of it. The user's own exceptions are data here, so that they read the same on every engine; only what the
// engine itself has to say (a crash, a time limit) comes as an exception.
internal sealed record JobOutcome(string? Json, string? ErrorType, string? ErrorMessage, double Seconds, bool Final);
