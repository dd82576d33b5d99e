namespace Simul.Cli.Tests;

public class CommandTemplateTests
{
    [Theory]
    [InlineData("{}", "/a/b/c.tar.gz", "/a/b/c.tar.gz")]
    [InlineData("{.}", "/a/b/c.tar.gz", "/a/b/c.tar")]
    [InlineData("{/}", "/a/b/c.tar.gz", "c.tar.gz")]
    [InlineData("{//}", "/a/b/c.tar.gz", "/a/b")]
    [InlineData("{/.}", "/a/b/c.tar.gz", "c.tar")]
    [InlineData("{.}", "/a.b/c", "/a.b/c")]
    [InlineData("{//}", "c", ".")]
    [InlineData("{//}", "/c", "/")]
    [InlineData("<{#}/{%}>{}", "x", "<3/2>x")]
    [InlineData("{}", "{/} {#} {%}", "{/} {#} {%}")] // an item is not read again
    [InlineData("{x} ${HOME} {} }{", "i", "{x} ${HOME} i }{")]
    [InlineData("{{}}", "i", "{i}")]
    public void Expand_AsParallelDoes(string word, string item, string expected) => Assert.Equal(expected, CommandTemplate.Expand(word, item, 3, 2));

    [Fact]
    public void HasPlace_NumbersAreNoPlaceForTheItem()
    {
        Assert.True(CommandTemplate.HasPlace("a{/.}b"));
        Assert.False(CommandTemplate.HasPlace("{#}{%}"));
    }

    [Theory]
    [InlineData("plain-word_1.txt", "plain-word_1.txt")]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$x", "'$x'")]
    public void ShellQuote_AShellReadsItBack(string word, string quoted)
    {
        Assert.Equal(quoted, ShellQuote.Word(word));
        Assert.Equal(word + "\n", Tool.Execute("sh", ["-c", $"printf '%s\\n' {quoted}"]).Out);
    }
}
