using System.Globalization;
using Simul.Tests.Stress;

namespace Simul.Tests;

// What the test project does as a program of its own: plays the scenarios of some seeds and prints their traces.
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            Console.Error.WriteLine("usage: dotnet Simul.Tests.dll SEED... The tests are run with ./test.");
            return 2;
        }
        foreach (string seed in arguments) Console.Out.Write(Scenario.Play(ulong.Parse(seed, CultureInfo.InvariantCulture), trace: true));
        return 0;
    }
}
