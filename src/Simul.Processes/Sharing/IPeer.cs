namespace Simul.Processes.Sharing;

// The other end of a pipe.
internal interface IPeer
{
    // Whether its process has ended without closing it.
    bool HasGone { get; }
}
