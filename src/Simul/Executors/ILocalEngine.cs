namespace Simul;

// What the books ask of the engine they belong to.
internal interface ILocalEngine
{
    string Engine { get; }

    ExecutorOptions CommonOptions { get; }

    long TotalWorkersStarted { get; } // read under the books' gate

    // Finds room for a job; false when there is none. Under the gate.
    bool TryPlaceLocked(LocalJob job);

    // The job has its place: it begins. Without the gate.
    void Begin(LocalJob job);

    // Nobody waits any longer for a job that runs. Under the gate.
    void WriteOffLocked(LocalJob job);

    // No work will come and none is left. Without the gate, perhaps more than once.
    void OnDrained(bool killed);
}
