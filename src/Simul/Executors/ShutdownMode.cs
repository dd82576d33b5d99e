namespace Simul;

/// <summary>What becomes of an executor's work at its end. Each ends more than the one before.</summary>
public enum ShutdownMode
{
    /// <summary>All accepted work ends by itself.</summary>
    Finish,

    /// <summary>What waits for a worker is cancelled; what runs ends by itself.</summary>
    CancelQueued,

    /// <summary>What waits is cancelled, and what runs is asked to end by its token, as if its submitter had cancelled it.</summary>
    CancelAll,

    /// <summary>Nothing is waited for: worker processes are killed, and threads, which cannot be, are written off with what
    /// runs on them. Every item that has not ended is cancelled.</summary>
    Kill,
}
