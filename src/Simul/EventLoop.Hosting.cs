namespace Simul;

public sealed partial class EventLoop
{
    /// <summary>Opens a loop that the caller runs by itself, piece by piece, on a thread that has other things to do: a game's
    /// frame, a user interface, a test. See <see cref="LoopPump"/>.</summary>
    /// <param name="options">Clock, scheduling and handlers.</param>
    /// <returns>The loop, open until it is disposed.</returns>
    /// <exception cref="InvalidOperationException">The calling thread runs a loop already.</exception>
    public static LoopPump Open(EventLoopOptions? options = null) => new(Create(options));
}
