namespace Simul.Cli.Tests;

// Bad usage: exit code 2, nothing on standard output, one sentence on standard error that names the thing and the mend.
public sealed class BadUsageTests
{
    [Theory]
    [InlineData("", "no verb given", "simul --help")]
    [InlineData("doctr", "'doctr' is not a verb", "Did you mean 'doctor'?")]
    [InlineData("nonsense --x 3", "'nonsense' is not a verb", "simul --help")]
    [InlineData("--jsn", "'--jsn' is not an option of 'simul'", "simul --help")]
    [InlineData("doctor --jsn", "'--jsn' is not an option of 'simul doctor'", "Did you mean '--json'?")]
    [InlineData("doctor extra", "'extra' is one word too many", "simul doctor --help")]
    [InlineData("doctor @file", "'@file' is one word too many", "simul doctor --help")]
    [InlineData("run", "needs a command", "--")]
    [InlineData("run --copies 2", "needs a command", "--")]
    [InlineData("run -- true", "--copies N", "--each FILE")]
    [InlineData("run --copies 2 true", "'true' stands before --", "then the command")]
    [InlineData("run --copis 2 -- true", "'--copis' is not an option", "Did you mean '--copies'?")]
    [InlineData("run --copies -- true", "--copies needs a value", "--copies N")]
    [InlineData("run --copies abc -- true", "--copies", "a whole number from 1 to 5,000, not 'abc'")]
    [InlineData("run --copies 0 -- true", "--copies", "not '0'")]
    [InlineData("run --copies -1 -- true", "--copies", "not '-1'")]
    [InlineData("run --copies 2.5 -- true", "--copies", "not '2.5'")]
    [InlineData("run --copies 99999999999999999999 -- true", "--copies", "from 1 to 5,000")]
    [InlineData("run --copies 2 --copies 3 -- true", "--copies is given 2 times", "once")]
    [InlineData("run --copies 2 --each x -- true", "do not go together", "one of them")]
    [InlineData("run --copies 2 --jobs 2 -- true", "--jobs belongs to --each", "--copies")]
    [InlineData("run --copies 1 --retries many -- true", "--retries", "a whole number")]
    [InlineData("run --copies 1 --grace 5 -- true", "'5' is not a duration", "5s, 1.5m or 200ms")]
    [InlineData("run --copies 1 --grace -5s -- true", "'-5s' is not a duration", "5s, 1.5m or 200ms")]
    [InlineData("run --copies 1 --grace 99999999h -- true", "not a duration", "5s")]
    [InlineData("run --copies 1 -- no-such-command", "'no-such-command'", "not on the PATH")]
    [InlineData("run --copies 1 -- /etc/passwd", "'/etc/passwd'", "no executable file")]
    [InlineData("run --each /no/such/file -- echo {}", "--each: cannot read '/no/such/file'", "")]
    [InlineData("run --each /tmp -- echo {}", "--each: cannot read '/tmp'", "folder")]
    [InlineData("run --each /dev/null -- echo {}", "'/dev/null' has no items", "one a line")]
    [InlineData("run --each /etc/passwd -- true", "no place for the item", "{}")]
    [InlineData("run --copies 1 --log /no/such/folder/x -- true", "--log: cannot write '/no/such/folder/x'", "folder")]
    [InlineData("run --copies 1 --log /proc/x -- true", "--log: cannot write '/proc/x'", "")]
    [InlineData("run --copies 1 --log /tmp -- true", "--log: cannot write '/tmp'", "folder")]
    [InlineData("run --copies 1 --halt nevr -- true", "--halt: 'nevr'", "did you mean 'never'?")]
    [InlineData("run --copies 1 --halt sonn,fail=1 -- true", "--halt: 'sonn'", "did you mean 'soon'?")]
    [InlineData("run --copies 1 --halt now -- true", "--halt: 'now' is no policy", "soon,fail=1")]
    [InlineData("run --copies 1 --timeout 5 -- true", "--timeout: '5'", "200%")]
    [InlineData("run --copies 1 --timeout 50% -- true", "--timeout: '50%'", "above 100%")]
    [InlineData("run --copies 1 --memory-free 5 -- true", "--memory-free: '5' is not an amount of memory", "500M")]
    [InlineData("run --copies 1 --memory-limit much -- true", "--memory-limit: 'much'", "2GiB")]
    [InlineData("run --copies 1 --memory-fre 1G -- true", "'--memory-fre' is not an option", "Did you mean '--memory-free'?")]
    [InlineData("run --copies 1 --nice 20 -- true", "--nice takes a whole number from 0 to 19", "not '20'")]
    [InlineData("run --copies 1 --tag -- true", "--tag shows the item", "--each")]
    [InlineData("run -k --line-buffer -- true ::: a", "--line-buffer and --keep-order do not go together", "one of them")]
    [InlineData("run --tag --no-prefix -- true ::: a", "--tag and --no-prefix do not go together", "one of them")]
    [InlineData("run --copies 1 --resume -- true", "--resume goes by the job log", "--joblog FILE")]
    [InlineData("run --copies 1 --joblog /no/such/folder/x -- true", "--joblog: cannot write '/no/such/folder/x'", "folder")]
    [InlineData("run -- true :::", "::: has no items", "::: ITEM...")]
    [InlineData("run -- ::: a", "needs a command before :::", "gzip {} ::: a b")]
    [InlineData("run -- true ::: a ::: b", "':::': a run has one list", "--each FILE")]
    [InlineData("run -- true :::: a", "'::::': a run has one list", "--each FILE")]
    public void Simul_BadUsage_OneSentenceAndExitCodeTwo(string line, string thing, string mend)
    {
        var result = Tool.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Out);
        string sentence = Assert.Single(result.ErrorLines);
        Assert.StartsWith("simul: ", sentence);
        Assert.Contains(thing, sentence);
        Assert.Contains(mend, sentence);
        Assert.Matches("[.?]$", sentence);
    }

    [Fact]
    public void Simul_TwoErrors_TwoSentences()
    {
        var result = Tool.Run("run", "--copies", "x", "--grace", "y", "--", "true");
        Assert.Equal(2, result.ExitCode);
        Assert.Equal(2, result.ErrorLines.Length);
    }

    [Fact]
    public void Simul_EmptyListOnStandardInput_IsBadUsage()
    {
        var result = Tool.Execute("dotnet", [Tool.Assembly, "run", "--each", "-", "--", "echo", "{}"], input: "\n\n");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("has no items", result.Error);
    }
}
