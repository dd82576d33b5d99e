namespace Simul.Tests;

// A test that takes long is run under fewer seeds.
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SeedsAttribute(int most) : Attribute
{
    public int Most { get; } = most;
}
