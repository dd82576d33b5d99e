namespace Simul.Processes.Pool;

// Why an item that runs was asked to end. Set once; the first reason counts.
internal enum StopReason : byte
{
    None,
    Cancelled,
    TimedOut,
}
