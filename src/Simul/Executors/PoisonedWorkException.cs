namespace Simul;

/// <summary>An item took its worker with it as often as its <see cref="RetryPolicy.PoisonLimit"/> says, and is not tried
/// again.</summary>
public sealed class PoisonedWorkException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="item">The item's name.</param>
    /// <param name="losses">How many workers it took with it.</param>
    /// <param name="last">How the last one ended.</param>
    public PoisonedWorkException(string item, int losses, WorkerLostException last)
        : base($"'{item}' has ended {losses} workers, one at each attempt, and is not tried again. The last one: {last.Message}", last)
    {
        Losses = losses;
    }

    /// <summary>How many workers it took with it.</summary>
    public int Losses { get; }
}
