using System.Text.Json;

namespace Simul.Processes.Tests.Sharing;

// A second object for the same thing, as another process would have.
internal static class Copies
{
    public static T Of<T>(T shared)
        where T : SharedObject => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(shared))!;
}
