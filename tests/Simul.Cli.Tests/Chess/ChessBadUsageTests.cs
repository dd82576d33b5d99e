namespace Simul.Cli.Tests;

// Bad usage of `simul chess`: exit code 2, nothing on standard output, one sentence with the thing and the mend.
public sealed class ChessBadUsageTests
{
    [Theory]
    [InlineData("--boards 0", "--boards", "from 1 to 1,000,000, not '0'")]
    [InlineData("--boards -1", "--boards", "not '-1'")]
    [InlineData("--boards abc", "--boards", "not 'abc'")]
    [InlineData("--boards 1e9", "--boards", "not '1e9'")]
    [InlineData("--boards 1000000000", "--boards", "from 1 to 1,000,000")]
    [InlineData("--clock real --boards", "--boards needs a value", "--boards N")]
    [InlineData("--pairs 0", "--pairs", "not '0'")]
    [InlineData("--boards 1000000 --pairs 100000", "100,000,000,000 moves", "at most 100,000,000")]
    [InlineData("--player 3653d --pairs 100000", "years", "keep it under 1,000")]
    [InlineData("--player x", "'x' is not a duration", "5s, 1.5m or 200ms")]
    [InlineData("--player -5s", "'-5s' is not a duration", "5s, 1.5m or 200ms")]
    [InlineData("--opponent 55", "'55' is not a duration", "5s, 1.5m or 200ms")]
    [InlineData("--player 0 --opponent 0", "both 0", "give at least one")]
    [InlineData("--engine lop", "'lop' is not one of sync, loop", "did you mean 'loop'?")]
    [InlineData("--engine proceses", "'proceses' is not one of", "did you mean 'processes'?")]
    [InlineData("--engine xyzzy", "'xyzzy' is not one of", "sync, loop, loops, callbacks, generators, greenlets, threads, processes, all")]
    [InlineData("--engine cluster", "'cluster' is not built yet", "'processes'")]
    [InlineData("--engine greenlets --boards 20000", "greenlets play at most 10,000 boards", "use loop")]
    [InlineData("--workers 0", "--workers", "from 1 to 1,000, not '0'")]
    [InlineData("--workers 5000", "--workers", "not '5000'")]
    [InlineData("--engine loop --workers 3", "--workers: loop has one master", "loops, threads and processes")]
    [InlineData("--clock sundial", "'sundial' is not one of virtual, real", "")]
    [InlineData("--clock real --speed 0", "--speed", "not '0'")]
    [InlineData("--clock real --speed NaN", "--speed", "not 'NaN'")]
    [InlineData("--clock real --speed -3", "--speed", "not '-3'")]
    [InlineData("--speed 10", "--speed belongs to --clock real", "virtual time")]
    [InlineData("--report /proc/x.html", "--report: cannot write '/proc/x.html'", "")]
    [InlineData("--report /no/such/folder/x.html", "--report: cannot write", "folder does not exist")]
    [InlineData("--report /tmp", "--report: cannot write '/tmp'", "folder")]
    [InlineData("--report x.html --boards 1000000", "--report draws at most", "--boards")]
    [InlineData("--bords 3", "'--bords' is not an option", "Did you mean '--boards'?")]
    [InlineData("24", "'24' is one word too many", "simul chess --help")]
    public void Chess_BadUsage_OneSentenceAndExitCodeTwo(string line, string thing, string mend)
    {
        // Where it would play in real time, it would play for hours: what is refused is refused before.
        string[] arguments = ["chess", .. line.Split(' ')];
        if (!line.Contains("--clock", StringComparison.Ordinal) && !line.Contains("--speed", StringComparison.Ordinal)) arguments = [.. arguments, "--clock", "real", "--speed", "1"];
        var result = Tool.Run(arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        string sentence = Assert.Single(result.ErrorLines);
        Assert.StartsWith("simul: ", sentence);
        Assert.Contains(thing, sentence);
        Assert.Contains(mend, sentence);
        Assert.Matches("[.?]$", sentence);
    }
}
