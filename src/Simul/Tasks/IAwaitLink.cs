namespace Simul;

// Something that waits without being an async method (a generator, a greenlet) and ends with a task that is awaited in turn.
internal interface IAwaitLink
{
    Task? Outcome { get; }

    // How it is called in an await chain.
    string Method => "suspended code";
}
