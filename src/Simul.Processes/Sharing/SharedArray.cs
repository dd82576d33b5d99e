using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>An array in memory that several processes see. Sent to a worker, or back from one, it is not copied: what one
/// process writes, the others read.</summary>
/// <remarks>
/// <para>Lifetime: the memory is there as long as one process has it open: until it disposes its object, or ends; also when the
/// maker has gone before. What a worker makes and returns reaches the parent: the worker keeps it until the parent has opened
/// it, also when its method has nothing more to do with it. Only a worker that is killed in between takes it along, and the item fails
/// with an error that says so. An argument may be disposed as soon as it was submitted.</para>
/// <para>Dispose it, or keep it, with <c>using</c>: an object of which only the <see cref="Span"/> is left in use may be
/// collected, and its memory with it. What a worker's method was given is kept until the method returns. A span that is used
/// after the disposal ends the process.</para>
/// <para>Thread safety: as that of an array. Processes that write what others read need something to wait for each other with,
/// for example a <see cref="ProcessLock"/>. The end of an item is such a thing: what its method wrote, the parent sees.</para>
/// <para>Each object costs one descriptor in each process that has it open. Semantics: a typed
/// <c>multiprocessing.shared_memory</c>, without names to be forgotten.</para>
/// </remarks>
/// <typeparam name="T">A type without references. Pointers in it mean nothing to another process.</typeparam>
/// <example>
/// <code>
/// using var pixels = SharedArray&lt;byte&gt;.Create(64 * 1024 * 1024);
/// camera.Read(pixels.Span);
/// long brightness = await pool.SubmitAsync(Sum, pixels);
///
/// static long Sum(SharedArray&lt;byte&gt; pixels)
/// {
///     long sum = 0;
///     foreach (byte each in pixels.Span) sum += each;
///     return sum;
/// }
/// </code>
/// </example>
[JsonConverter(typeof(SharedObjectConverter))]
public sealed unsafe class SharedArray<T> : SharedObject, ISharedObject<SharedArray<T>>
    where T : unmanaged
{
    private MemoryOf? _memory;

    private SharedArray(SharedBlock block)
        : base(block) => Length = (int)block.Length;

    /// <summary>How many elements it has.</summary>
    public int Length { get; }

    /// <summary>The elements, in the memory that is shared. Valid until <see cref="SharedObject.Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed.</exception>
    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return new Span<T>(Block.Content, Length);
        }
    }

    /// <summary>The elements, for asynchronous code. Keeps the array from being collected; after <see cref="SharedObject.Dispose"/>
    /// its span throws.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed.</exception>
    public Memory<T> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return (_memory ??= new MemoryOf(this)).Memory;
        }
    }

    /// <summary>One element.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed.</exception>
    public ref T this[int index] => ref Span[index];

    /// <summary>Makes an array of zeros.</summary>
    /// <param name="length">How many elements. The system gives memory to those that are used.</param>
    /// <returns>The array; dispose it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static SharedArray<T> Create(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new SharedArray<T>(SharedBlock.Create(Shape(length)));
    }

    /// <summary>Makes an array with a copy of these elements.</summary>
    /// <param name="elements">What to copy.</param>
    /// <returns>The array; dispose it.</returns>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static SharedArray<T> From(ReadOnlySpan<T> elements)
    {
        var array = Create(elements.Length);
        elements.CopyTo(array.Span);
        return array;
    }

    /// <summary>Opens the array of this name, or makes one of zeros.</summary>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; one name space for all shared objects of the user.</param>
    /// <param name="length">How many elements; the same for all who open it.</param>
    /// <returns>The array; dispose it.</returns>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="SharedObjectException">Under this name there is something else.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static SharedArray<T> Open(string name, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new SharedArray<T>(SharedBlock.Open(name, Shape(length)));
    }

    static SharedArray<T> ISharedObject<SharedArray<T>>.Attach(SharedHandle handle) => new(SharedBlock.Open(handle, Shape(BlockShape.AnyLength)));

    private protected override void WakeAll()
    {
        // Nobody waits at an array.
    }

    private protected override string Describe() => $"{base.Describe()}, {Length} x {typeof(T).Name}";

    private static BlockShape Shape(long length) => BlockShape.Of<T>(SharedKind.Array, length, 0, Unsafe.SizeOf<T>());

    private sealed class MemoryOf(SharedArray<T> array) : MemoryManager<T>
    {
        public override Span<T> GetSpan() => array.Span;

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)array.Length, nameof(elementIndex));
            array.Pin();
            return new MemoryHandle((T*)array.Block.Content + elementIndex, default, this);
        }

        public override void Unpin() => array.Unpin();

        protected override void Dispose(bool disposing)
        {
            // The array is the owner.
        }
    }
}
