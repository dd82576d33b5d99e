using Simul.Tests.Stress;

namespace Simul.Tests;

// What the test project does as a program of its own: plays the scenario of a seed and prints its trace.
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [var number] || !ulong.TryParse(number, out ulong seed))
        {
            Console.Error.WriteLine("usage: dotnet Simul.Tests.dll SEED. The tests are run with ./test.");
            return 2;
        }
        Console.Out.Write(Scenario.Play(seed, trace: true));
        return 0;
    }
}
