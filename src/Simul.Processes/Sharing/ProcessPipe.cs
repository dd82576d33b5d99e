using Simul.Processes.Sharing;

namespace Simul;

/// <summary>Makes pipes: two ends, each of which sends to the other and receives from it.</summary>
/// <remarks>Semantics: <c>multiprocessing.Pipe</c>, with messages of one type.</remarks>
public static class ProcessPipe
{
    /// <summary>How many bytes of messages stand in a pipe each way if nothing else is said.</summary>
    public const int DefaultBytes = 64 * 1024;

    /// <summary>Makes a pipe. Both ends belong to this process; send one to another, and it is the other's.</summary>
    /// <typeparam name="T">The type of the messages, both ways.</typeparam>
    /// <param name="bytes">How many bytes of messages, written down, stand in the pipe each way; also the bound on one.</param>
    /// <returns>The two ends; dispose each.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for anything.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    /// <example>
    /// <code>
    /// var (mine, theirs) = ProcessPipe.Create&lt;string&gt;();
    /// using (mine)
    /// {
    ///     var talk = pool.SubmitAsync(Answer, theirs);
    ///     await mine.SendAsync("e4");
    ///     Console.WriteLine(await mine.ReceiveAsync());
    /// }
    /// </code>
    /// </example>
    public static (ProcessPipeEnd<T> First, ProcessPipeEnd<T> Second) Create<T>(int bytes = DefaultBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 2 * ByteQueue.BlockHeadSize);
        var block = SharedBlock.Create(ProcessPipeEnd<T>.Shape(bytes));
        if (!block.TryAddUser()) throw new InvalidOperationException("A block that was just made has gone.");
        return (new(block, 0), new(block, 1));
    }
}
