namespace Simul.Processes.Sharing;

// What a wait waits to do. A struct: it also keeps what it got.
internal interface IAttempt
{
    // Tries at once, and never blocks. `look`: this has taken long; see whether who is in the way is still alive.
    bool Try(bool look);
}
