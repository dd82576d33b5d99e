using System.Reflection;
using Xunit.Sdk;

namespace Simul.Tests;

// A test that states the order of "first in, first out", or needs it: the seed runner leaves it out, and under
// `./test --seed N` it keeps that order.
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FifoOrderAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest) => SeedRun.Current = SeedRun.FirstInFirstOut;

    public override void After(MethodInfo methodUnderTest) => SeedRun.Current = null;
}
