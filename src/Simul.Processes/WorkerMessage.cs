using Simul.Processes.Worker;

namespace Simul;

/// <summary>What code in a worker process sends home, inside of an item or outside: an initializer, a thread an item has left
/// behind.</summary>
/// <param name="Worker">The worker's name.</param>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Topic">Whose message it is: a name, by which handlers tell theirs from others.</param>
/// <param name="Body">What it says.</param>
/// <remarks>
/// <para>For what belongs to an item, an <see cref="IProgress{T}"/> says more with less. A message is for what belongs to the
/// process: logs, counters.</para>
/// <para>Thread safety: all static members may be used from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var engine = new ProcessExecutor(new ProcessExecutorOptions
/// {
///     MessageHandler = message => Console.WriteLine($"{message.Worker}: {message.Body.Length} bytes about {message.Topic}"),
/// });
/// await engine.SubmitAsync(() => WorkerMessage.Send("memory", BitConverter.GetBytes(GC.GetTotalMemory(false))));
/// </code>
/// </example>
public readonly record struct WorkerMessage(string Worker, int ProcessId, string Topic, ReadOnlyMemory<byte> Body)
{
    private static volatile WorkerSender? s_home;

    /// <summary>Whether this process is a worker, and its executor has a <see cref="ProcessExecutorOptions.MessageHandler"/>.</summary>
    public static bool AreHeard => s_home is not null;

    // Set once, by the greeting, before anything of the program runs here.
    internal static WorkerSender? Home
    {
        set => s_home = value;
    }

    /// <summary>Sends a message to the executor this process is a worker of. It is on its way when the call returns, and arrives
    /// also if the process crashes then.</summary>
    /// <param name="topic">Whose message it is.</param>
    /// <param name="body">What it says.</param>
    /// <returns>False where nobody hears it: see <see cref="AreHeard"/>.</returns>
    /// <remarks>Blocks while the channel is full, because the handler is slower than the worker.</remarks>
    public static bool Send(string topic, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (s_home is not { } home) return false;
        home.SendMessage(topic, body);
        return true;
    }
}
