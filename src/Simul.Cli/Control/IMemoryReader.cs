namespace Simul.Cli;

// What is asked of the system about memory. The seam for tests: they must not use it up to see what happens.
internal interface IMemoryReader
{
    // What could be had without swapping, in bytes.
    long Available();

    // What a process and its descendants hold in memory, in bytes; 0 when it has gone.
    long OfTree(int process);
}
