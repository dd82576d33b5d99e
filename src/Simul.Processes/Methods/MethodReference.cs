using System.Reflection;
using System.Runtime.CompilerServices;
using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Methods;

// A method as it is named to a worker: module version id and metadata token, checked again over there, and the type arguments
// of generic ones. Names alone would not do: two builds, or two overloads, can share them.
internal sealed class MethodReference
{
    private MethodReference(MethodInfo method, WorkShape shape, Type? argument, Type result)
    {
        Method = method;
        Shape = shape;
        Argument = argument;
        Result = result;
        Display = $"{method.DeclaringType}.{method.Name}";
        Target = method.IsStatic ? MethodTarget.None : IsClosure(method.DeclaringType!) ? MethodTarget.Closure : MethodTarget.Value;
        Captures = Target == MethodTarget.Value || (Target == MethodTarget.Closure && Closure.HasFields(Method.DeclaringType!));
        ArgumentText = $"The argument of {Display}";
        ResultText = $"The result of {Display}";
    }

    public MethodInfo Method { get; }

    public WorkShape Shape { get; }

    public Type? Argument { get; }

    public Type Result { get; }

    // Looked up once, not for each item.
    public PayloadCodec? ArgumentCodec => Argument is null ? null : field ??= PayloadCodec.For(Argument);

    public string Display { get; }

    public MethodTarget Target { get; }

    public bool Captures { get; }

    // For messages; made once, not for each item.
    public string ArgumentText { get; }

    public string ResultText { get; }

    public static MethodReference Create(Delegate method, WorkShape shape, Type? argument, Type result)
    {
        var info = method.Method;
        string name = $"{info.DeclaringType}.{info.Name}";
        if (!method.HasSingleTarget)
            throw new WorkSerializationException($"The delegate holds several methods (the last is {name}); a worker process runs one. Submit them one by one.");
        if (info.DeclaringType is null || info.Module.Assembly.IsDynamic)
            throw new WorkSerializationException($"'{info.Name}' was made at run time (a dynamic method or a compiled expression) and does not exist in another process. Use a method or a lambda of the program's source.");
        if (info.IsStatic && method.Target is not null)
            throw new WorkSerializationException($"{name} is an extension method taken from a value of type {method.Target.GetType()}; the value is part of the delegate. Pass it as the argument, or write a lambda.");
        if (!info.IsStatic && !IsClosure(info.DeclaringType) && info.Name.StartsWith('<'))
            throw new WorkSerializationException($"The lambda or local function in {name} uses 'this' of {info.DeclaringType}, which would be copied as a whole. Copy the values it needs into local variables first, or submit a method of an object that may travel.");
        if (HotReload.Changed(info.Module.Assembly))
            throw new WorkSerializationException($"{info.Module.Assembly.GetName().Name} was edited by hot reload while it ran; a worker process would run the old code of {name}. Restart the application.");
        return new(info, shape, argument, result);
    }

    // Classes the compiler makes for lambdas and local functions; their names cannot be written in source.
    public static bool IsClosure(Type type) =>
        type.Name.StartsWith('<') && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    public void Write(FrameWriter target, int number)
    {
        var module = Method.Module;
        target.Begin(MessageKind.Define);
        target.Write(number);
        target.Write((byte)Shape);
        target.Write(Display);
        target.Write(module.Assembly.FullName);
        target.Write(module.Assembly.Location);
        target.WriteBlock(module.ModuleVersionId.ToByteArray());
        target.Write(Method.MetadataToken);
        target.Write(Argument is null ? null : NameOf(Argument));
        target.Write(NameOf(Result));
        WriteTypes(target, Method.DeclaringType!.GetGenericArguments());
        WriteTypes(target, Method.GetGenericArguments());
        target.Write((byte)Target);
        target.End();
    }

    // The values a lambda captured, or the object the method is called on, as they are now; empty when there are none.
    public byte[] Captured(Delegate method, WorkSerializer serializer) => Target switch
    {
        _ when !Captures => [],
        MethodTarget.Closure => Closure.Write(method.Target, Method, serializer, Display),
        _ => WorkPayload.Serialize(typeof(object), method.Target, arena: null, serializer, $"The object of {Display}").ToArray(),
    };

    // Before the method has run in vain.
    public void ThrowIfResultCannotTravel(WorkSerializer serializer)
    {
        if (Result != typeof(NoResult) && PayloadCodec.For(Result).FindObstacle(serializer) is { } obstacle)
            throw new WorkSerializationException($"{ResultText} could not be sent back. {obstacle}");
    }

    // The runtime's own types are found by their names alone, and many times faster.
    private static string NameOf(Type type) => (type.Assembly == typeof(object).Assembly && !type.IsGenericType && !type.HasElementType ? type.FullName : type.AssemblyQualifiedName)!;

    private static void WriteTypes(FrameWriter target, Type[] types)
    {
        target.Write(types.Length);
        foreach (var type in types) target.Write(NameOf(type));
    }
}
