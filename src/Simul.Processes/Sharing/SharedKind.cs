namespace Simul.Processes.Sharing;

// What a shared object is. The numbers are part of the layout.
internal enum SharedKind
{
    Array = 1,
    Value = 2,
    Lock = 3,
    Semaphore = 4,
    Event = 5,
    Barrier = 6,
    Condition = 7,
    Queue = 8,
    Pipe = 9,
}
