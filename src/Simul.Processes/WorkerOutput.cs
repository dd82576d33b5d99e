namespace Simul;

/// <summary>A line a worker process printed.</summary>
/// <param name="Worker">The worker's name.</param>
/// <param name="ProcessId">Its process id.</param>
/// <param name="IsError">True for standard error, false for standard output.</param>
/// <param name="Line">The line, without its end.</param>
public readonly record struct WorkerOutput(string Worker, int ProcessId, bool IsError, string Line);
