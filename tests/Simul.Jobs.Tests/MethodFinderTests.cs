using System.Reflection;
using Simul.Cli.Jobs.Host;

namespace Simul.Jobs.Tests;

public sealed class MethodFinderTests
{
    private static readonly Assembly s_fixtures = Assembly.LoadFrom(Tool.Fixtures);

    [Theory]
    [InlineData("Fixtures.Good.Echo", "Fixtures.Good.Echo(string)")]
    [InlineData("Good.Echo", "Fixtures.Good.Echo(string)")]
    [InlineData("Fixtures.Good.Nested.Echo", "Fixtures.Good.Nested.Echo(string)")]
    [InlineData("Fixtures.Good+Nested.Echo", "Fixtures.Good.Nested.Echo(string)")]
    [InlineData("Bad.Two(FileInfo)", "Fixtures.Bad.Two(FileInfo)")]
    [InlineData("Bad.Two( string )", "Fixtures.Bad.Two(string)")]
    [InlineData("Bad.Two(System.IO.FileInfo)", "Fixtures.Bad.Two(FileInfo)")]
    [InlineData("Bad.OneFits", "Fixtures.Bad.OneFits(string)")]
    [InlineData("Bad.TokenToo", "Fixtures.Bad.TokenToo(string, CancellationToken)")]
    [InlineData("B.Twin.Echo", "Fixtures.B.Twin.Echo(string)")]
    public void Find_Written_Method(string written, string expected) =>
        Assert.Equal(expected, ClrNames.Of(MethodFinder.Find(s_fixtures, written).Method));

    [Theory]
    [InlineData("Echo", "Write TYPE.METHOD")]
    [InlineData("Fixtures.Godd.Echo", "Did you mean Fixtures.Good?")]
    [InlineData("Godd.Echo", "Did you mean Fixtures.Good?")]
    [InlineData("Good.Ecko", "Did you mean Echo?")]
    [InlineData("Good.Zzzzzzzzzzzz", "It has: ")]
    [InlineData("Twin.Echo", "Fixtures.A.Twin or Fixtures.B.Twin")]
    [InlineData("Bad.Two", "Candidates: string Fixtures.Bad.Two(FileInfo); string Fixtures.Bad.Two(string)")]
    [InlineData("Bad.Two(int)", "no overload (int)")]
    [InlineData("Bad.NoParameter", "it takes no parameter")]
    [InlineData("Bad.TakesStream", "no line of text can become a Stream")]
    [InlineData("Bad.Generic", "it is generic")]
    [InlineData("Bad.Streams", "return a list")]
    [InlineData("Bad.Hidden", "is not public")]
    [InlineData("Instance.Echo", "make it static")]
    public void Find_WrongName_RefusedWithMend(string written, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<JobRefusedException>(() => MethodFinder.Find(s_fixtures, written)).Message, StringComparison.Ordinal);
}
