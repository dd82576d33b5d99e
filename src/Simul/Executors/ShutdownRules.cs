namespace Simul;

// What the shutdowns of all engines have in common.
internal static class ShutdownRules
{
    public static void Check(ShutdownMode mode, TimeSpan? timeLimit)
    {
        if (!Enum.IsDefined(mode)) throw new ArgumentOutOfRangeException(nameof(mode), mode, "There is no such mode.");
        if (timeLimit < TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(timeLimit), timeLimit, "The limit must be zero or more; leave it out for none.");
    }

    // Real time, also under a virtual clock: what does not end is outside of it.
    public static async Task EnforceAsync(Task ended, TimeSpan limit, Action kill)
    {
        try
        {
            await ended.WaitAsync(limit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            kill();
        }
        catch (Exception)
        {
            // Whoever asked for the end awaits it and gets this.
        }
    }
}
