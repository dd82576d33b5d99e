namespace Simul;

/// <summary>A clock that brings its own blocking wait, for instance one that stands for a virtual clock in another process.</summary>
public interface IBlockingClock
{
    /// <summary>Blocks the calling thread until the time has passed on this clock.</summary>
    /// <param name="duration">How long; above zero.</param>
    /// <param name="cancellationToken">Ends the sleep early.</param>
    void Sleep(TimeSpan duration, CancellationToken cancellationToken);
}
