namespace Simul.Processes.Transport;

// What parent and worker say to each other. "id" is the item's number (8 bytes).
internal enum MessageKind : byte
{
    // Parent to worker.
    Hello,      // build, name, clock             first of all; kind and build must stay as they are in all versions
    Define,     // number, method reference       before the first Run that uses the number
    Run,        // id, method, now, extras, closure, argument
    Cancel,     // id                             takes the item back, or cancels its token
    Recall,     //                                takes all items back that have not begun
    Awake,      // id, sleep number, now          the end of a sleep in virtual time
    Stop,       // perhaps an exit code           end when nothing is left to do
    Ping,       //                                answered by the thread of the asynchronous items
    Trim,       //                                give back the memory of results that were read
    BatchMemory, // descriptor                    the parent's, of the memory for batches
    Initialize, // closure                        run the method with number -1 before saying Ready

    // Worker to parent.
    Ready = 64, //                                the worker can take items
    Taken,      // id                             sent before anything of the item runs
    Done,       // id, ticks it ran, result
    Failed,     // id, ticks it ran, exception
    Dropped,    // id                             answer to Cancel and Recall: it never began and never will here
    Sleep,      // id, sleep number, until        a blocking sleep in virtual time
    SleepEnd,   // id, sleep number               it was cancelled
    Report,     // id, receiver's number, value   progress; id 0 stands for the initializer
    Exiting,    // code                           the process ends because something in it asked for it
    Pong,
    InitializerFailed, // exception
    Message,    // topic, body                    of no item; sent only where the parent hears them
    OtherBuild = 127, // build                    instead of Ready, before it ends; must stay as it is, too
}

internal static class MessageKinds
{
    // What a worker must hear while it runs an item. All else is the next item's business.
    public static bool IsUrgent(this MessageKind kind) => kind is MessageKind.Cancel or MessageKind.Recall or MessageKind.Awake or MessageKind.Ping;
}
