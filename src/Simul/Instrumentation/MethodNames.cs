using System.Diagnostics;

namespace Simul;

// The names people gave to methods, read from those the compiler made of them.
//
//   type Board+<PlayAsync>d__3                  Board.PlayAsync
//   type Board+<<PlayAsync>g__ThinkAsync|0_1>d  Board.PlayAsync.ThinkAsync     a local function
//   type Board+<>c+<<PlayAsync>b__0_0>d         Board.PlayAsync.lambda
internal static class MethodNames
{
    // Of an async method or an iterator, by the type of its state machine.
    public static string OfStateMachine(Type machine) => OfStateMachine(machine.FullName ?? machine.Name);

    public static string OfStateMachine(string fullName)
    {
        // What stands in brackets are type arguments, with commas and plus signs of their own.
        int bracket = fullName.IndexOf('[');
        string[] parts = (bracket < 0 ? fullName : fullName[..bracket]).Split('+');
        return Join(parts.AsSpan(0, parts.Length - 1), Original(parts[^1]));
    }

    public static string OfFrame(string declaringType, string method)
    {
        string[] parts = declaringType.Split('+');
        // An async method runs in MoveNext of its state machine.
        if (method == "MoveNext" && parts[^1].StartsWith('<')) return OfStateMachine(declaringType);
        return Join(parts, Original(method));
    }

    public static string? OfFrame(StackFrame frame) =>
        DiagnosticMethodInfo.Create(frame) is { DeclaringTypeName: { } type } method ? OfFrame(type, method.Name) : null;

    private static string Join(ReadOnlySpan<string> types, string method)
    {
        string name = "";
        foreach (string type in types)
        {
            if (type.StartsWith('<')) continue; // the compiler's own, for captured variables
            int start = type.LastIndexOf('.') + 1, generic = type.IndexOf('`', start);
            name += (generic < 0 ? type[start..] : type[start..generic]) + ".";
        }
        return name + method;
    }

    // <PlayAsync>d__3, <<PlayAsync>g__ThinkAsync|0_1>d, <PlayAsync>b__0_0, <Main>$
    private static string Original(string name)
    {
        if (!name.StartsWith('<')) return name;
        int depth = 0, close = 0;
        for (; close < name.Length; close++)
        {
            if (name[close] == '<') depth++;
            else if (name[close] == '>' && --depth == 0) break;
        }
        if (close >= name.Length) return name;
        string inner = Original(name[1..close]), kind = name[(close + 1)..];
        if (kind.StartsWith("g__", StringComparison.Ordinal)) return $"{inner}.{kind[3..].Split('|')[0]}";
        return kind.StartsWith("b__", StringComparison.Ordinal) ? $"{inner}.lambda" : inner;
    }
}
