namespace Simul;

/// <summary>How a <see cref="ProcessExecutor"/> and its workers exchange messages.</summary>
public enum WorkerTransport
{
    /// <summary>Shared memory where there is, sockets elsewhere.</summary>
    Automatic,

    /// <summary>Memory that the executor shares with each worker, and futexes to wake: Linux on x64, Arm64, RISC-V and LoongArch.</summary>
    SharedMemory,

    /// <summary>Unix sockets: everywhere.</summary>
    Sockets,
}
