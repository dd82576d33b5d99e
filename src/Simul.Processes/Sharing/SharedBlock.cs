using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Simul.Processes.Interop.Linux;
using Simul.Processes.Transport;

namespace Simul.Processes.Sharing;

#pragma warning disable CA1416 // Create and Open refuse on other systems.

// The memory of one shared object in this process: a mapping and a descriptor, through which other processes open theirs.
//
// All handles to one object that this process opens end at the same block (s_known). It has users, the public objects, and is
// closed with the last of them; operations under way hold it open a moment longer. Without a word from its users it goes when
// the collector finds them all gone.
internal sealed unsafe class SharedBlock : SharedRegion
{
    private static readonly ConcurrentDictionary<Guid, WeakReference<SharedBlock>> s_known = new();

    private readonly int _descriptor;
    private readonly long _pressure;
    private int _users = 1; // Interlocked

    private SharedBlock(int descriptor, long size, string? name, string? path)
        : base(MapMemory(descriptor, size), (nuint)size)
    {
        _descriptor = descriptor;
        Name = name;
        Path = path;
        // Else the collector would see a few words, and let mappings of gigabytes wait.
        _pressure = size;
        GC.AddMemoryPressure(_pressure);
    }

    public string? Name { get; }

    public string? Path { get; }

    public Guid Id => Header->Id;

    public long Length => Header->Length;

    public byte* Content => Address + BlockHeader.Size;

    public BlockHeader* Header => (BlockHeader*)Address;

    public WaitCell OfferCell => new((int*)&Header->OfferCell);

    // Memory without a name: nothing can be left behind. Its size is sealed, so that nobody can pull it away from under others.
    public static SharedBlock Create(BlockShape shape, Action<SharedBlock>? initialise = null)
    {
        RequireLinux();
        long size = SizeOf(shape);
        int descriptor = Libc.MemoryFile($"simul-{shape.Kind.ToString().ToLowerInvariant()}", Libc.MemoryFileCloseOnExec | Libc.MemoryFileAllowSealing);
        if (descriptor < 0) throw Failed("memfd_create");
        SharedBlock block;
        try
        {
            if (Libc.Truncate(descriptor, size) != 0) throw Failed("ftruncate");
            if (Libc.Control(descriptor, Libc.AddSeals, Libc.SealAll) != 0) throw Failed("fcntl(F_ADD_SEALS)");
            block = new SharedBlock(descriptor, size, null, null);
        }
        catch
        {
            Libc.Close(descriptor);
            throw;
        }
        block.Initialise(shape, initialise);
        return block;
    }

    // Memory with a name; made if there is none, and then initialised while others who open it wait.
    public static SharedBlock Open(string name, BlockShape shape, Action<SharedBlock>? initialise = null)
    {
        RequireLinux();
        long size = SizeOf(shape);
        while (true)
        {
            var file = NamedFile.Open(name, size);
            SharedBlock? block = null;
            try
            {
                if (!file.IsNew) Check(file.Descriptor, shape, null, $"'{name}'");
                block = new SharedBlock(file.Descriptor, file.IsNew ? size : Libc.Seek(file.Descriptor, 0, Libc.SeekEnd), name, file.Path);
                if (file.IsNew) block.Initialise(shape, initialise);
                else block.Register();
                if (!file.IsNew || file.Share()) return block;
                block.Dispose(); // somebody took it for abandoned in between; once more
            }
            catch
            {
                if (block is not null) block.Dispose();
                else file.Close();
                throw;
            }
        }
    }

    // Through the descriptor of another process, or the block this process has already.
    public static SharedBlock Open(SharedHandle handle, BlockShape shape)
    {
        RequireLinux();
        string what = $"The shared {shape.Kind.ToString().ToLowerInvariant()} of {handle.Owner}";
        if (!TryFindKnown(handle.Id, out var block))
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{handle.Owner.Pid}/fd/{handle.Descriptor}");
            // Non-blocking: should the number belong to a pipe by now, nobody waits for its other end.
            int descriptor = handle.Owner.IsAlive() ? Libc.Open(path, Libc.ReadWrite | Libc.CloseOnExec | Libc.NonBlocking | Libc.NoTerminal, 0) : -1;
            if (descriptor < 0)
            {
                throw new SharedObjectException(handle.Owner.IsAlive()
                    ? $"{what} cannot be opened: its owner has disposed it, or is not of the same user. Keep it until the other process has it."
                    : $"{what} cannot be opened: its owner has ended. Keep the owner alive until the other process has it.");
            }
            try
            {
                Check(descriptor, shape, handle.Id, what);
                block = new SharedBlock(descriptor, Libc.Seek(descriptor, 0, Libc.SeekEnd), null, null);
            }
            catch
            {
                Libc.Close(descriptor);
                throw;
            }
            block.Register();
        }
        else
        {
            try
            {
                Compare(*block.Header, shape, what);
            }
            catch
            {
                block.RemoveUser();
                throw;
            }
        }
        if (handle.IsOffer)
        {
            Interlocked.Increment(ref block.Header->Opened);
            block.OfferCell.Notify(int.MaxValue);
        }
        return block;
    }

    public SharedHandle HandleFor(bool isOffer, int part) => new(ProcessIdentity.Current, _descriptor, Id, isOffer, part);

    // False if it was closed with its last user.
    public bool TryAddUser()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users) return true;
            users = before;
        }
        return false;
    }

    public void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) == 0) Dispose();
    }

    // Operations hold it open while they are in it.
    public void Enter()
    {
        bool entered = false;
        DangerousAddRef(ref entered);
    }

    public void Leave() => DangerousRelease();

    protected override bool ReleaseHandle()
    {
        var id = Id;
        if (s_known.TryGetValue(id, out var known) && (!known.TryGetTarget(out var block) || block == this)) s_known.TryRemove(new(id, known));
        if (Path is not null) NamedFile.RemoveIfLast(_descriptor, Path);
        bool released = base.ReleaseHandle();
        Libc.Close(_descriptor);
        GC.RemoveMemoryPressure(_pressure);
        return released;
    }

    private static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux() || Libc.FutexNumber < 0 || IntPtr.Size != 8)
            throw new PlatformNotSupportedException("Shared objects are built on memfd, futexes and /proc of 64-bit Linux; this system has none. Send copies, or use a file.");
    }

    private static long SizeOf(BlockShape shape) => shape.SizeFor(shape.Length)
        ?? throw new ArgumentOutOfRangeException("length", shape.Length, "No memory is as large as that.");

    private static bool TryFindKnown(Guid id, out SharedBlock block)
    {
        block = null!;
        return s_known.TryGetValue(id, out var known) && known.TryGetTarget(out block!) && block.TryAddUser();
    }

    private void Register() => s_known[Id] = new WeakReference<SharedBlock>(this);

    private void Initialise(BlockShape shape, Action<SharedBlock>? initialise)
    {
        var header = Header;
        header->Magic = BlockHeader.RightMagic;
        header->Version = BlockHeader.RightVersion;
        header->Kind = shape.Kind;
        header->ElementSize = shape.ElementSize;
        header->Length = shape.Length;
        header->Id = Guid.NewGuid();
        header->Namespace = ProcessIdentity.Namespace;
        header->SetElementName(shape.ElementName);
        initialise?.Invoke(this);
        Volatile.Write(ref header->Ready, 1);
        Register();
    }

    // Reads the header rather than mapping it: what is not ours may be no memory at all.
    private static void Check(int descriptor, BlockShape shape, Guid? id, string what)
    {
        BlockHeader header = default;
        long size = Libc.Seek(descriptor, 0, Libc.SeekEnd);
        bool isOurs = size >= BlockHeader.Size && Libc.Seek(descriptor, 0, 0) == 0
            && Libc.Read(descriptor, (byte*)&header, BlockHeader.Size) == BlockHeader.Size && header.Magic == BlockHeader.RightMagic;
        if (!isOurs || id is not null && header.Id != id)
            throw new SharedObjectException(id is null
                ? $"{what} is no shared object of Simul. Use another name, or remove {NamedFile.Folder}."
                : $"{what} is not there any more: its descriptor stands for something else by now. Keep it until the other process has it.");
        Compare(header, shape, what);
        if (shape.SizeFor(header.Length) != size)
            throw new SharedObjectException($"{what} has {size} bytes where {shape.SizeFor(header.Length)} were expected. It was damaged: make it anew.");
    }

    private static void Compare(in BlockHeader header, BlockShape shape, string what)
    {
        if (header.Version != BlockHeader.RightVersion)
            throw new SharedObjectException($"{what} has layout version {header.Version}, and this process knows version {BlockHeader.RightVersion}. Use the same version of Simul in all processes that share it.");
        if (header.Namespace != ProcessIdentity.Namespace)
            throw new SharedObjectException($"{what} was made in another process namespace, where process ids mean other processes. Share within one container, or let the containers share their process ids.");
        if (header.Kind != shape.Kind)
            throw new SharedObjectException($"{what} is a shared {header.Kind.ToString().ToLowerInvariant()}, not a shared {shape.Kind.ToString().ToLowerInvariant()}.");
        if (header.ElementSize != shape.ElementSize || header.ElementName != BlockHeader.Shorten(shape.ElementName))
            throw new SharedObjectException($"{what} holds {header.ElementName} ({header.ElementSize} bytes), not {shape.ElementName} ({shape.ElementSize} bytes).");
        if (shape.Length >= 0 && header.Length != shape.Length)
            throw new SharedObjectException($"{what} was made with {header.Length}, not with {shape.Length}. All who open it must say the same.");
    }
}
