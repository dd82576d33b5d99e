using System.Reflection;

namespace Simul.Cli.Jobs.Host;

// Types and methods the way a C# developer writes them.
internal static class ClrNames
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(char)] = "char",
        [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int",
        [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    public static string Of(Type type)
    {
        if (s_keywords.TryGetValue(type, out string? keyword)) return keyword;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Of(inner) + "?";
        if (type.IsArray) return Of(type.GetElementType()!) + "[]";
        if (type.IsByRef) return "ref " + Of(type.GetElementType()!);
        if (!type.IsGenericType) return type.Name;
        int tick = type.Name.IndexOf('`');
        return $"{(tick < 0 ? type.Name : type.Name[..tick])}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }

    // "WordCount.Counter.CountFile(FileInfo)": what can also be typed to pick one overload.
    public static string Of(MethodInfo method) =>
        $"{method.DeclaringType!.FullName!.Replace('+', '.')}.{method.Name}({string.Join(", ", method.GetParameters().Select(p => Of(p.ParameterType)))})";

    public static string WithResult(MethodInfo method) => $"{Of(method.ReturnType)} {Of(method)}";
}
