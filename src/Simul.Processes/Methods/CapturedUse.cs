using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Simul.Processes.Methods;

// Which captured variables a lambda speaks of. The compiler gives all lambdas of a scope one object, so a lambda also carries
// what others capture: often the very executor it is submitted to. What cannot travel and is not used need not.
//
// Read from the code: of the lambda, of the state machines and the lambdas and local functions it makes or calls, which are the
// only ones that can name the variables. Code that cannot be read counts as using everything.
internal static class CapturedUse
{
    private static readonly ConcurrentDictionary<MethodBase, HashSet<(Module, int)>?> s_used = new();
    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static f => (OpCode)f.GetValue(null)!).ToDictionary(static c => c.Value);

    public static bool Uses(MethodBase lambda, FieldInfo variable) =>
        s_used.GetOrAdd(lambda, static l => Find(l)) is not { } used || used.Contains((variable.Module, variable.MetadataToken));

    private static HashSet<(Module, int)>? Find(MethodBase lambda)
    {
        try
        {
            var used = new HashSet<(Module, int)>();
            var seen = new HashSet<MethodBase> { lambda };
            var queue = new Queue<MethodBase>(seen);
            while (queue.TryDequeue(out var method))
            {
                foreach (var member in MembersIn(method))
                {
                    if (member is FieldInfo field) used.Add((field.Module, field.MetadataToken));
                    foreach (var next in Behind(member))
                    {
                        if (seen.Add(next)) queue.Enqueue(next);
                    }
                }
            }
            return used;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or BadImageFormatException or TypeLoadException or FileNotFoundException or KeyNotFoundException)
        {
            return null;
        }
    }

    // Code of the compiler's making that a member leads to.
    private static IEnumerable<MethodBase> Behind(MemberInfo member)
    {
        var type = member as Type ?? member.DeclaringType;
        bool made = type is not null && type.Name.StartsWith('<'); // the attribute is missing inside of other types of its making
        if (made && (typeof(IAsyncStateMachine).IsAssignableFrom(type) || typeof(IDisposable).IsAssignableFrom(type)))
            return type!.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
        return member is MethodBase method && (made || method.Name.StartsWith('<')) ? [method] : [];
    }

    private static List<MemberInfo> MembersIn(MethodBase method)
    {
        var members = new List<MemberInfo>();
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) return members;
        var typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE) value = (short)(0xFE00 | code[at++]);
            var operand = s_codes[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType
                && method.Module.ResolveMember(BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)), typeArguments, methodArguments) is { } member) members.Add(member);
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)),
                _ => 4,
            };
        }
        return members;
    }
}
