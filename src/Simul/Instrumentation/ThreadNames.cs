namespace Simul;

// How threads are called in messages.
internal static class ThreadNames
{
    public static string Current => Of(Thread.CurrentThread);

    public static string Of(Thread? thread) => thread is null ? "(unknown)" : $"'{thread.Name ?? "unnamed"}' ({thread.ManagedThreadId})";
}
