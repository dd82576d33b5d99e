using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Simul.Processes.Payloads;

namespace Simul.Processes.Methods;

// The captured variables of a lambda: the fields of a class the compiler made. They are copied when the item is submitted;
// what the worker changes in them stays there. What another lambda of the same scope captured comes along if it can.
internal static class Closure
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = new();

    public static bool HasFields(Type type) => FieldsOf(type).Length > 0;

    public static byte[] Write(object? closure, MethodInfo lambda, WorkSerializer serializer, string display) =>
        closure is null || FieldsOf(lambda.DeclaringType!).Length == 0 ? [] : Write(lambda.DeclaringType!, closure, lambda, serializer, display);

    public static object Read(Type type, ReadOnlySpan<byte> bytes, WorkSerializer serializer, string method)
    {
        object closure = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var field in FieldsOf(type))
        {
            int length = BitConverter.ToInt32(bytes);
            if (length >= 0)
            {
                var part = bytes.Slice(4, length);
                field.SetValue(closure, MethodReference.IsClosure(field.FieldType)
                    ? Read(field.FieldType, part, serializer, method)
                    : WorkPayload.Deserialize(field.FieldType, part, serializer, $"The variable '{Variable(field)}' captured by {method}"));
            }
            bytes = bytes[(4 + Math.Max(length, 0))..];
        }
        return closure;
    }

    private static byte[] Write(Type type, object closure, MethodInfo lambda, WorkSerializer serializer, string display)
    {
        var target = new ArrayBufferWriter<byte>(256);
        foreach (var field in FieldsOf(type))
        {
            byte[]? part = Part(field, field.GetValue(closure), lambda, serializer, display);
            target.Write(BitConverter.GetBytes(part?.Length ?? -1));
            target.Write(part);
        }
        return target.WrittenSpan.ToArray();
    }

    // Null of one that is left out.
    private static byte[]? Part(FieldInfo field, object? value, MethodInfo lambda, WorkSerializer serializer, string display)
    {
        if (MethodReference.IsClosure(field.FieldType)) return value is null ? null : Write(field.FieldType, value, lambda, serializer, display);
        try
        {
            if (field.Name.StartsWith("<>4__this", StringComparison.Ordinal))
                throw new WorkSerializationException($"The lambda in {display} uses 'this' of {field.FieldType}, which would be copied as a whole. Copy the values it needs into local variables first.");
            return WorkPayload.Serialize(field.FieldType, value, arena: null, serializer, $"The variable '{Variable(field)}' captured by {display}").ToArray();
        }
        catch (WorkSerializationException) when (!CapturedUse.Uses(lambda, field))
        {
            return null;
        }
    }

    // Cached delegates (<>9__...) are the compiler's business and are made again when they are missing.
    private static FieldInfo[] FieldsOf(Type type) => s_fields.GetOrAdd(type, static t =>
        [.. t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(f => !f.Name.StartsWith("<>9__", StringComparison.Ordinal))
            .OrderBy(f => f.MetadataToken)]);

    private static string Variable(FieldInfo field) =>
        field.Name.StartsWith('<') && field.Name.IndexOf('>') is > 1 and var end ? field.Name[1..end] : field.Name;
}
