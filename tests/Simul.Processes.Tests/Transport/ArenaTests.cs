using System.Runtime.Versioning;
using Simul.Processes.Interop.Linux;
using Simul.Processes.Transport;

namespace Simul.Processes.Tests.Transport;

// Both sides in one process: two mappings of the same memory.
[SupportedOSPlatform("linux")]
public sealed unsafe class ArenaTests : IDisposable
{
    private readonly SharedRegion _own;
    private readonly SharedRegion _other;
    private readonly ArenaAllocator _allocator;
    private readonly Arena _reader;

    public ArenaTests()
    {
        _own = SharedRegion.Create(Arena.Size, out int descriptor);
        _other = SharedRegion.Map(descriptor, SharedRegion.SizeOf(descriptor));
        Libc.Close(descriptor);
        _allocator = new ArenaAllocator(new Arena(_own, 0));
        _reader = new Arena(_other, 0);
    }

    public void Dispose()
    {
        _own.Dispose();
        _other.Dispose();
    }

    private ArenaBlock Take(long length)
    {
        Assert.True(_allocator.TryAllocate(length, out var block));
        return block;
    }

    [Fact]
    public void Blocks_DoNotOverlap_AndAreSeenOnTheOtherSide()
    {
        var blocks = Enumerable.Range(1, 50).Select(i => Take(i * 7_001)).ToList();
        for (int i = 0; i < blocks.Count; i++) new Span<byte>(blocks[i].Start, (int)blocks[i].Length).Fill((byte)(i + 1));
        for (int i = 0; i < blocks.Count; i++)
        {
            Assert.True(_reader.Has(blocks[i].Offset, blocks[i].Length));
            Assert.False(new Span<byte>(_reader.At(blocks[i].Offset), (int)blocks[i].Length).ContainsAnyExcept((byte)(i + 1)));
        }
    }

    [Fact]
    public void BlockTheReaderReleased_IsUsedAgain_AndNoOther()
    {
        var first = Take(200_000);
        var second = Take(200_000);
        var third = Take(200_000);
        _reader.Release(second.Offset);
        Assert.Equal(second.Offset, Take(150_000).Offset);
        Assert.True(Take(1).Offset > third.Offset || Take(1).Offset > second.Offset);
        _reader.Release(first.Offset);
        Assert.Equal(first.Offset, Take(200_000).Offset);
    }

    [Fact]
    public void WhenThereIsNoRoom_ItSaysSo_AndGoesOn()
    {
        var most = Take(Arena.Size - Arena.HeadSize);
        Assert.False(_allocator.TryAllocate(1, out var none));
        Assert.True(none.IsNone);
        Assert.False(_allocator.TryAllocate(long.MaxValue, out _));
        _reader.Release(most.Offset);
        Take(1);
    }

    [Fact]
    public void Trim_KeepsWhatIsInUse()
    {
        var kept = Take(100_000);
        var given = Take(100_000);
        new Span<byte>(kept.Start, 100_000).Fill(1);
        new Span<byte>(given.Start, 100_000).Fill(2);
        given.Release();
        _allocator.Trim();
        Assert.False(new Span<byte>(_reader.At(kept.Offset), 100_000).ContainsAnyExcept((byte)1));
        Assert.False(new Span<byte>(_reader.At(given.Offset), 100_000).ContainsAnyExcept((byte)0));
        kept.Release();
        _allocator.Trim();
        Assert.False(_allocator.IsWarm);
        Assert.Equal(kept.Offset, Take(10).Offset);
    }

    // Random lengths, lent and given back in any order: no two that are in use share a byte.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyOrder_NeverOverlaps(int seed)
    {
        var random = new Random(seed);
        var lent = new List<ArenaBlock>();
        for (int i = 0; i < 5_000; i++)
        {
            if (lent.Count > 0 && random.Next(2) == 0)
            {
                int chosen = random.Next(lent.Count);
                _reader.Release(lent[chosen].Offset);
                lent.RemoveAt(chosen);
            }
            else
            {
                var block = Take(random.Next(20) == 0 ? random.NextInt64(1L << 32) : random.Next(1, 400_000));
                foreach (var other in lent)
                    Assert.True(block.Offset + Arena.HeadSize + block.Length <= other.Offset || other.Offset + Arena.HeadSize + other.Length <= block.Offset, $"seed {seed}, step {i}: {block} and {other}");
                lent.Add(block);
            }
            if (random.Next(100) == 0) _allocator.Trim();
        }
    }

    [Theory]
    [InlineData(-65536, 10)]
    [InlineData(65536, -1)]
    [InlineData(64, 10)]
    [InlineData(Arena.Size, 1)]
    [InlineData(Arena.Size - 65536, 65536)]
    [InlineData(0, Arena.Size)]
    [InlineData(0, long.MaxValue)]
    public void PlacesThatCannotBe_AreRefused(long offset, long length) => Assert.False(_reader.Has(offset, length));
}
