namespace Simul.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("5s", 5)]
    [InlineData("55s", 55)]
    [InlineData("1.5m", 90)]
    [InlineData("200ms", 0.2)]
    [InlineData("1m30s", 90)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    [InlineData("50us", 0.00005)]
    [InlineData(".5s", 0.5)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    public void TryParse_HouseWriting_IsUnderstood(string text, double seconds)
    {
        Assert.True(DurationParser.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, precision: 7);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("-5s")]
    [InlineData("5x")]
    [InlineData("1e9s")]
    [InlineData("1..5s")]
    [InlineData("5S")]
    [InlineData("NaNs")]
    [InlineData("9999999999999999999999h")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(DurationParser.TryParse(text, out _));

    [Theory]
    [InlineData(43200, "12:00:00")]
    [InlineData(3655, "1:00:55")]
    [InlineData(60, "0:01:00")]
    [InlineData(5.2, "5.20 s")]
    [InlineData(59.97, "0:01:00")]
    [InlineData(0.014, "14 ms")]
    [InlineData(0.00083, "830 us")]
    [InlineData(0, "0 s")]
    [InlineData(90000, "1d 01:00:00")]
    public void Of_Seconds_ReadsWell(double seconds, string text) => Assert.Equal(text, DurationText.Of(seconds));
}
