namespace Simul.Tests;

[AttributeUsage(AttributeTargets.Method)]
internal sealed class FifoOrderAttribute : Attribute;
