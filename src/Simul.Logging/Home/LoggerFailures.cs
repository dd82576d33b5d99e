namespace Simul.Logging.Home;

// What the loggers at home throw. The first is shown, for one that is broken is so at each entry, and the stack traces of a flood
// would be worse than the fault.
//
// Thread safety: all members may be used from any thread.
internal sealed class LoggerFailures
{
    private int _shown; // interlocked; 1 once there was one

    public void Report(string at, Exception error)
    {
        if (Interlocked.Exchange(ref _shown, 1) == 0) Console.Error.WriteLine($"simul: a logger failed at {at}; if it fails again, that is not shown. {error}");
    }
}
