using System.Runtime.InteropServices;
using System.Text;

namespace Simul.Processes.Sharing;

// The first bytes of every shared object: what it is, so that nobody takes it for something else. Written once by the maker,
// Ready last; only the counts of the offers change afterwards.
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct BlockHeader
{
    public const int Size = 256;
    public const ulong RightMagic = 0x4853_4C55_4D49_53FE; // not text by accident
    public const uint RightVersion = 1;

    private const int MostNameBytes = 120;

    [FieldOffset(0)]
    public ulong Magic;
    [FieldOffset(8)]
    public uint Version;
    [FieldOffset(12)]
    public SharedKind Kind;
    [FieldOffset(16)]
    public int ElementSize;
    [FieldOffset(20)]
    public int Ready;
    [FieldOffset(24)]
    public long Length;
    [FieldOffset(32)]
    public Guid Id;
    [FieldOffset(48)]
    public ulong Namespace;
    [FieldOffset(56)]
    public int Offered; // Interlocked; how often it was sent with nobody else to keep it
    [FieldOffset(60)]
    public int Opened;  // Interlocked; how many of these have been opened
    [FieldOffset(64)]
    public long OfferCell; // a WaitCell, for those who wait until Opened is Offered

    [FieldOffset(128)]
    private fixed byte _elementName[MostNameBytes];

    public string ElementName
    {
        get
        {
            fixed (byte* name = _elementName)
            {
                var bytes = new ReadOnlySpan<byte>(name, MostNameBytes);
                int end = bytes.IndexOf((byte)0);
                return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
            }
        }
    }

    public void SetElementName(string name)
    {
        fixed (byte* target = _elementName) Encoding.UTF8.TryGetBytes(Shorten(name), new Span<byte>(target, MostNameBytes), out _);
    }

    // The end of a name tells more than its namespace.
    public static string Shorten(string name)
    {
        while (Encoding.UTF8.GetByteCount(name) > MostNameBytes) name = name[1..];
        return name;
    }
}
