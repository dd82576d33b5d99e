namespace Simul.Cli.Tests;

public class HaltPolicyTests
{
    [Theory]
    [InlineData("never")]
    [InlineData("soon,fail=1")]
    [InlineData("now,fail=10%")]
    [InlineData("now,success=1")]
    [InlineData("soon,done=5")]
    [InlineData("soon,fail=12.5%")]
    public void Parse_ParallelsSpelling_ReadsAsItWasWritten(string text) => Assert.Equal(text, HaltPolicy.Parse(text, out _)?.Text);

    [Theory]
    [InlineData("nevr", "did you mean 'never'?")]
    [InlineData("soon", "write never, soon,fail=1")]
    [InlineData("fail=1,soon", "write never")]
    [InlineData("sonn,fail=1", "did you mean 'soon'?")]
    [InlineData("now,fial=1", "did you mean 'fail'?")]
    [InlineData("now,fail=0", "'0' in 'now,fail=0'")]
    [InlineData("now,fail=101%", "up to 100%")]
    [InlineData("now,fail=x", "'x' in 'now,fail=x'")]
    [InlineData("now,fail=1,2", "write never")]
    public void Parse_NoPolicy_SaysWhatIsWrong(string text, string mend)
    {
        Assert.Null(HaltPolicy.Parse(text, out string complaint));
        Assert.Contains(mend, complaint);
        Assert.Matches("[.?]$", complaint);
    }

    [Theory]
    [InlineData("never", 0, 9, 10, false)]
    [InlineData("soon,fail=2", 5, 1, 10, false)]
    [InlineData("soon,fail=2", 5, 2, 10, true)]
    [InlineData("soon,fail=10%", 0, 1, 10, true)]
    [InlineData("soon,fail=10%", 0, 1, 11, false)] // rounded up: 2
    [InlineData("soon,fail=10%", 0, 1, 1, true)]
    [InlineData("now,success=3", 2, 9, 20, false)]
    [InlineData("now,success=3", 3, 0, 20, true)]
    [InlineData("now,done=50%", 2, 2, 10, false)]
    [InlineData("now,done=50%", 2, 3, 10, true)]
    public void IsReached_CountsWhatItNames(string text, int succeeded, int failed, int total, bool reached) =>
        Assert.Equal(reached, HaltPolicy.Parse(text, out _)!.IsReached(succeeded, failed, total));

    [Fact]
    public void IsSuccess_OnlyASuccessThatWasWaitedForForgivesFailures()
    {
        Assert.True(HaltPolicy.Parse("now,success=1", out _)!.IsSuccess(failed: 3));
        Assert.False(HaltPolicy.Parse("now,fail=3", out _)!.IsSuccess(failed: 3));
        Assert.False(HaltPolicy.Parse("now,done=3", out _)!.IsSuccess(failed: 1));
        Assert.True(HaltPolicy.Parse("now,done=3", out _)!.IsSuccess(failed: 0));
    }
}
