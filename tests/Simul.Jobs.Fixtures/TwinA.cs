namespace Fixtures.A;

// Two types of one name: the namespace must be written.
public static class Twin
{
    public static string Echo(string line) => "A" + line;
}
