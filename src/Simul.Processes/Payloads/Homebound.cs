using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Simul.Processes.Payloads;

// Types whose values mean something in one process only, and what to send in their place. A converter of the user's says
// otherwise.
internal static class Homebound
{
    private const string Meet = "Processes meet at a ProcessLock, ProcessSemaphore, ProcessEvent or ProcessBarrier.";
    private const string Token = "Let the method take a CancellationToken as its last parameter; it is the item's.";

    private static readonly (Type Type, string Mend)[] s_types =
    [
        (typeof(Stream), "Pass a file's path, the content as ReadOnlyMemory<byte>, a SharedArray<byte>, or an end of a ProcessPipe."),
        (typeof(TextReader), "Pass a file's path, or the text."),
        (typeof(TextWriter), "Return the text, or pass a file's path."),
        (typeof(Delegate), "Submit the method itself, or pass what tells the worker which one to call."),
        (typeof(CancellationToken), Token),
        (typeof(CancellationTokenSource), Token),
        (typeof(Task), "Await it, and pass its result."),
        (typeof(ValueTask), "Await it, and pass nothing."),
        (typeof(ValueTask<>), "Await it, and pass its result."),
        (typeof(IAsyncEnumerable<>), "Collect it into a list first (ToListAsync), or send the items through a ProcessQueue."),
        (typeof(IEnumerator<>), "Pass the collection."),
        (typeof(Executor), "A worker can make an executor of its own; what it does not do itself it returns."),
        (typeof(EventLoop), "Asynchronous methods find a loop of the worker's: EventLoop.Current."),
        (typeof(WorkContext), "A worker has its own: WorkContext.Current."),
        (typeof(TimeProvider), "The executor's clock is there as well: WorkContext.Current.Clock."),
        (typeof(ITimer), "Make it in the worker."),
        (typeof(Thread), "Let the method start one."),
        (typeof(SynchronizationContext), "Await the result where the context is."),
        (typeof(WaitHandle), Meet),
        (typeof(SemaphoreSlim), Meet),
        (typeof(ManualResetEventSlim), Meet),
        (typeof(ReaderWriterLockSlim), Meet),
        (typeof(Lock), Meet),
        (typeof(Barrier), Meet),
        (typeof(CountdownEvent), Meet),
        (typeof(SafeHandle), "Pass the name or path of what it stands for, and open it there."),
        (typeof(nint), "An address or a handle means nothing elsewhere. Pass what it points to, or an Int64 if it is a number."),
        (typeof(nuint), "An address or a handle means nothing elsewhere. Pass what it points to, or an UInt64 if it is a number."),
        (typeof(Socket), "Pass the end point, and connect there."),
        (typeof(Process), "Pass its Id."),
        (typeof(MemberInfo), "Pass its name; a Type can be passed as it is."),
        (typeof(Assembly), "Pass its path."),
    ];

    // Null for all others.
    public static string? MendOf(Type type)
    {
        if (typeof(Type).IsAssignableFrom(type) || type.IsDefined(typeof(JsonConverterAttribute), inherit: false)) return null;
        if (type.IsPointer) return "An address means nothing elsewhere. Pass what it points to.";
        foreach (var (homebound, mend) in s_types)
        {
            if (homebound.IsGenericTypeDefinition ? type.IsGenericType && type.GetGenericTypeDefinition() == homebound : homebound.IsAssignableFrom(type)) return mend;
        }
        return null;
    }

    // Those that travel with a room beside this one, which this one does not know: so they are known by their names, and it is the
    // serializer that decides. Null for all others.
    public static string? RoomOf(Type type) => IsLogger(type) || type.GetInterfaces().Any(IsLogger)
        ? "Simul.Logging takes loggers along: declare it as ILogger, ILogger<T> or ILoggerFactory, and call WithLogging() on the executor's options; a JsonWorkSerializer of your own needs the LoggerConverter among its converters."
        : null;

    private static bool IsLogger(Type type) => type is { IsInterface: true, Namespace: "Microsoft.Extensions.Logging" } && (type.Name is "ILogger" or "ILoggerFactory" or "ILoggerProvider");

    public static string Refuse(string what, string mend) => $"{what} belongs to one process and has no copy in another. {mend}";
}
