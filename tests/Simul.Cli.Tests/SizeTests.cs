namespace Simul.Cli.Tests;

public class SizeTests
{
    [Theory]
    [InlineData("1K", 1024)]
    [InlineData("500M", 500L << 20)]
    [InlineData("1.5G", 3L << 29)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("2T", 2L << 40)]
    [InlineData("2k", 2000)]
    [InlineData("3g", 3_000_000_000)]
    public void TryParse_Amounts_InParallelsUnits(string text, long bytes)
    {
        Assert.True(SizeParser.TryParse(text, out long parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("G")]
    [InlineData("-1G")]
    [InlineData("0G")]
    [InlineData("1X")]
    [InlineData("1giB")]
    [InlineData("1GB")]
    [InlineData("99999999999T")]
    public void TryParse_NoAmount_IsRefused(string text) => Assert.False(SizeParser.TryParse(text, out _));

    [Theory]
    [InlineData(100, "100 bytes")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(3L << 30, "3 GiB")]
    public void Text_IsReadable(long bytes, string text) => Assert.Equal(text, SizeParser.Text(bytes));
}
