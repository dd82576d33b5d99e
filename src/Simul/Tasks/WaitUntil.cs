namespace Simul;

/// <summary>Until when <c>EventLoop.WaitAsync</c> waits.</summary>
public enum WaitUntil
{
    /// <summary>Until every task has ended.</summary>
    AllCompleted,

    /// <summary>Until some task has ended, however.</summary>
    FirstCompleted,

    /// <summary>Until some task has failed, or all have ended. One that was cancelled has not failed.</summary>
    FirstFailed,
}
