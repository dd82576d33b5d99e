using System.Reflection;
using Simul.Cli.Jobs.Host;

namespace Simul.Jobs.Tests;

public sealed class BoundMethodTests
{
    private static readonly Assembly s_fixtures = Assembly.LoadFrom(Tool.Fixtures);

    [Theory]
    [InlineData("Echo", " a \"b\" ü ", "\" a \\\"b\\\" ü \"")]
    [InlineData("Double", " 21 ", "42")]
    [InlineData("Half", "1e3", "500")]
    [InlineData("Not", "true", "false")]
    [InlineData("ColourName", "green", "\"Green\"")]
    [InlineData("SameGuid", "00000000-0000-0000-0000-000000000001", "\"00000000-0000-0000-0000-000000000001\"")]
    [InlineData("NextDay", "2026-01-31", "\"2026-02-01T00:00:00\"")]
    [InlineData("Seconds", "00:01:30", "90")]
    [InlineData("FileName", "/a/b.txt", "\"b.txt\"")]
    [InlineData("FolderName", "/a/b", "\"b\"")]
    [InlineData("Host", "https://example.org/x", "\"example.org\"")]
    [InlineData("Mirror", "{\"x\":1,\"Y\":2}", "{\"X\":2,\"Y\":1}")]
    [InlineData("Maybe", "3", "3")]
    [InlineData("Nothing", "x", "null")]
    [InlineData("Lazy", "ab", "[\"A\",\"B\"]")]
    [InlineData("NotANumber", "x", "\"NaN\"")]
    [InlineData("DoubleAsync", "4", "8")]
    [InlineData("EchoAsync", "x", "\"x\"")]
    [InlineData("NothingAsync", "x", "null")]
    public async Task Invoke_Line_Json(string method, string line, string json)
    {
        var outcome = await Find("Good." + method).InvokeAsync(line, CancellationToken.None);
        Assert.Null(outcome.ErrorMessage);
        Assert.Equal(json, outcome.Json);
    }

    [Theory]
    [InlineData("Double", "x", "System.FormatException")]
    [InlineData("Double", "99999999999", "System.OverflowException")]
    [InlineData("Half", "1,5", "System.FormatException")]
    [InlineData("ColourName", "blue", "System.FormatException")]
    [InlineData("ColourName", "7", "System.FormatException")]
    [InlineData("Mirror", "{", "System.Text.Json.JsonException")]
    public void Invoke_UnreadableLine_FinalErrorNamesInput(string method, string line, string type)
    {
        var outcome = Find("Good." + method).Invoke(line, CancellationToken.None);
        Assert.Equal(type, outcome.ErrorType);
        Assert.Contains($"'{line}' cannot be read as", outcome.ErrorMessage, StringComparison.Ordinal);
        Assert.True(outcome.Final);
    }

    [Fact]
    public void Invoke_MethodThrows_ItsOwnTypeAndMessage()
    {
        var outcome = Find("Bad.Throw").Invoke("throw", CancellationToken.None);
        Assert.Equal(("System.InvalidOperationException", "as asked: throw", false), (outcome.ErrorType, outcome.ErrorMessage, outcome.Final));
    }

    [Fact]
    public void Invoke_ResultIsNotJson_ErrorSaysSo()
    {
        var outcome = Find("Bad.NotJson").Invoke("x", CancellationToken.None);
        Assert.Contains("a Action, cannot be written as JSON", outcome.ErrorMessage, StringComparison.Ordinal);
        Assert.True(outcome.Final);
    }

    [Fact]
    public async Task Invoke_TokenCancelled_ExceptionReachesEngine()
    {
        using var source = new CancellationTokenSource();
        var running = Find("Good.SleepAsync").InvokeAsync("60000", source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static BoundMethod Find(string written) => MethodFinder.Find(s_fixtures, written);
}
