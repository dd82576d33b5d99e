namespace Simul.Processes.Tests.Faults;

// What can go wrong in code of the user's. The first two are exceptions; the others end the process.
public enum Fault
{
    Throw,
    OutOfMemory, // the runtime finds its limit reached
    Exit,
    FailFast,
    SegmentationFault, // in native code
    Kill,        // also what the kernel does when the machine's memory is used up
    StackOverflow,
}

// Where it does. The encoding of an argument and the decoding of a result happen in the parent, all else in the worker.
public enum Stage
{
    ArgumentEncode,
    ArgumentDecode,
    Method,
    AsyncMethod,
    ResultEncode,
    AsyncResultEncode,
    ResultDecode,
    Batch,    // one of many short items that travel together
    Child,    // the method of a process of its own
    Initializer,
    Idle,     // a thread that an item has left behind
    Retiring, // an item on a worker that takes no more, for another one was deaf to its cancellation
    Ageing,   // an item on a worker that has become too old, and takes no more
    Memory,   // an item on a worker that has too much memory, and is the last one there
    Spare,    // an item whose worker has a spare one beside it
    Recycling, // the worker's state is disposed because it is replaced; its pool goes on
    Stopping, // the worker's state is disposed
}

// What the documents promise of it: docs/guide/processes.md has the same table.
public enum Outcome
{
    Refused,          // WorkSerializationException for the item; the worker goes on
    Thrown,           // the method's own exception; the worker goes on
    Crashed,          // WorkerCrashedException for the item; the worker is replaced
    NotInitialized,   // WorkerInitializationException for the pool
    NotStarted,       // WorkerStartException for what waits, after three starts
    Unnoticed,        // no item fails; the worker is replaced
}
