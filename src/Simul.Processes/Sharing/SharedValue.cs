using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>One value that several processes see, of any size, always whole.</summary>
/// <remarks>
/// <para>A change is all or nothing, also when the process that makes it is killed: the new value is written beside the old one,
/// and then the two change places in one step. Readers never wait.</para>
/// <para>Thread safety: any thread of any process. <see cref="Update"/> runs its function with the value locked, for a moment
/// only: it must not wait, and must not use the same value.</para>
/// <para>Semantics: <c>multiprocessing.Value</c>, whose <c>value += 1</c> is <see cref="Update"/> here.</para>
/// </remarks>
/// <typeparam name="T">A type without references.</typeparam>
/// <example>
/// <code>
/// using var done = SharedValue&lt;long&gt;.Create();
/// await pool.MapAsync(files, file =&gt; { Parse(file); return done.Update(n =&gt; n + 1); }).LastAsync();
/// </code>
/// </example>
[JsonConverter(typeof(SharedObjectConverter))]
public sealed unsafe class SharedValue<T> : SharedObject, ISharedObject<SharedValue<T>>
    where T : unmanaged
{
    private const int VersionOffset = RobustLock.Size;
    private const int FirstOffset = RobustLock.Size + 64;

    [ThreadStatic] private static SharedBlock? t_changing; // what this thread's Update has locked; the innermost

    private readonly RobustLock _lock;

    private SharedValue(SharedBlock block)
        : base(block) => _lock = new RobustLock(block.Content);

    /// <summary>The value now. Setting it replaces whatever it was.</summary>
    /// <exception cref="ObjectDisposedException">The value was disposed.</exception>
    public T Value
    {
        get
        {
            Pin();
            try
            {
                return Read();
            }
            finally
            {
                Unpin();
            }
        }
        set => Exchange(value);
    }

    /// <summary>Makes a value.</summary>
    /// <param name="value">What it is at first.</param>
    /// <returns>The value; dispose it.</returns>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static SharedValue<T> Create(T value = default) => new(SharedBlock.Create(Shape, block => Initialise(block, value)));

    /// <summary>Opens the value of this name, or makes one.</summary>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; one name space for all shared objects of the user.</param>
    /// <param name="value">What it is at first, if it is made.</param>
    /// <returns>The value; dispose it.</returns>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="SharedObjectException">Under this name there is something else.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static SharedValue<T> Open(string name, T value = default) => new(SharedBlock.Open(name, Shape, block => Initialise(block, value)));

    /// <summary>Replaces the value.</summary>
    /// <param name="value">The new one.</param>
    /// <returns>The one before.</returns>
    /// <exception cref="ObjectDisposedException">The value was disposed.</exception>
    public T Exchange(T value)
    {
        Lock();
        try
        {
            var before = Current;
            Write(value);
            return before;
        }
        finally
        {
            Unlock();
        }
    }

    /// <summary>Replaces the value if it is still what the caller believes, bit by bit.</summary>
    /// <param name="value">The new one.</param>
    /// <param name="comparand">What it must be.</param>
    /// <returns>The one before; it was replaced if this equals the comparand.</returns>
    /// <exception cref="ObjectDisposedException">The value was disposed.</exception>
    public T CompareExchange(T value, T comparand)
    {
        Lock();
        try
        {
            var before = Current;
            if (new ReadOnlySpan<byte>(&before, sizeof(T)).SequenceEqual(new ReadOnlySpan<byte>(&comparand, sizeof(T)))) Write(value);
            return before;
        }
        finally
        {
            Unlock();
        }
    }

    /// <summary>Computes a new value from the old one, while nobody else changes it.</summary>
    /// <param name="change">Quick, and without waiting. What it throws leaves the value as it was.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="InvalidOperationException">The function has changed the value itself.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed.</exception>
    public T Update(Func<T, T> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Lock();
        var outer = t_changing;
        try
        {
            t_changing = Block;
            var value = change(Current);
            Write(value);
            return value;
        }
        finally
        {
            t_changing = outer;
            Unlock();
        }
    }

    static SharedValue<T> ISharedObject<SharedValue<T>>.Attach(SharedHandle handle) => new(SharedBlock.Open(handle, Shape));

    private protected override void WakeAll()
    {
        // Nobody waits at a value for longer than a change takes.
    }

    private protected override string Describe() => IsDisposed ? base.Describe() : $"{base.Describe()}, {Read()}";

    private static BlockShape Shape => BlockShape.Of<T>(SharedKind.Value, 0, FirstOffset + 2 * Stride, 0);

    private static int Stride => (sizeof(T) + 63) & ~63;

    private static void Initialise(SharedBlock block, T value) => *(T*)(block.Content + FirstOffset) = value;

    private void Lock()
    {
        Pin();
        if (_lock.TryTake()) return;
        if (t_changing == Block)
        {
            Unpin();
            throw new InvalidOperationException($"{GetType().Name}: a function that computes its next value has used the value itself. Compute from what the function is given.");
        }
        _lock.Take();
    }

    private void Unlock()
    {
        _lock.Release();
        Unpin();
    }

    // How often it has changed; the last bit says which of the two places holds it. The other one is the next writer's.
    private ref long Version => ref Unsafe.AsRef<long>(Block.Content + VersionOffset);

    private T* PlaceOf(long version) => (T*)(Block.Content + FirstOffset + (version & 1) * Stride);

    // For the holder of the lock.
    private T Current => *PlaceOf(Version);

    private T Read()
    {
        while (true)
        {
            long version = Volatile.Read(ref Version);
            T value = *PlaceOf(version);
            // The copy must be done before the version is looked at again: it may have become a writer's place by now.
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref Version) == version) return value;
        }
    }

    private void Write(T value)
    {
        long version = Version;
        *PlaceOf(version + 1) = value;
        Volatile.Write(ref Version, version + 1); // the change happens here
    }
}
