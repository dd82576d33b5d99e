using System.Reflection;
using Simul.Processes.Transport;

namespace Simul.Processes.Methods;

// The worker's side of a method reference: finds the method, checks that it is the very same build, and makes its invoker.
// Resolved at the first item that uses it, so that a failure is that item's failure.
internal sealed class MethodResolver
{
    private readonly WorkShape _shape;
    private readonly string _assembly;
    private readonly string _location;
    private readonly Guid _version;
    private readonly int _token;
    private readonly string? _argument;
    private readonly string _result;
    private readonly string[] _classArguments;
    private readonly string[] _methodArguments;
    private readonly MethodTarget _target;
    private Invoker? _invoker;

    private MethodResolver(ref FrameBody body)
    {
        _shape = (WorkShape)body.ReadByte();
        Display = body.ReadString()!;
        _assembly = body.ReadString()!;
        _location = body.ReadString()!;
        _version = new Guid(body.ReadBlock());
        _token = body.ReadInt32();
        _argument = body.ReadString();
        _result = body.ReadString()!;
        _classArguments = ReadTypes(ref body);
        _methodArguments = ReadTypes(ref body);
        _target = (MethodTarget)body.ReadByte();
    }

    public string Display { get; }

    public bool IsAsynchronous => _shape >= WorkShape.Asynchronous;

    public static MethodResolver Read(ref FrameBody body) => new(ref body);

    public Invoker Resolve()
    {
        if (_invoker is not null) return _invoker;
        try
        {
            return _invoker = Invoker.Create(FindMethod(), _shape, _argument is null ? null : FindType(_argument), FindType(_result), _target, Display);
        }
        catch (Exception error) when (error is not WorkSerializationException)
        {
            throw new WorkSerializationException($"{Display} cannot be found in the worker process: {error.Message}", error);
        }
    }

    private MethodInfo FindMethod()
    {
        var assembly = FindAssembly();
        var module = Array.Find(assembly.GetModules(), m => m.ModuleVersionId == _version)
            ?? throw new WorkSerializationException($"{_assembly} in the worker process ({assembly.Location}) is another build than in the parent ({_location}). The file was replaced while the application ran; restart it.");
        var method = module.ResolveMethod(_token)!;
        if (_classArguments.Length > 0)
        {
            var type = method.DeclaringType!.MakeGenericType([.. _classArguments.Select(FindType)]);
            method = MethodBase.GetMethodFromHandle(method.MethodHandle, type.TypeHandle)!;
        }
        var found = (MethodInfo)method;
        return _methodArguments.Length > 0 ? found.MakeGenericMethod([.. _methodArguments.Select(FindType)]) : found;
    }

    private Assembly FindAssembly() => AssemblyNeighbours.FindAssembly(_assembly, _location);

    private Type FindType(string name)
    {
        if (WellKnown(name) is { } known) return known;
        if (Type.GetType(name, throwOnError: false) is { } type) return type;
        FindAssembly();
        return Type.GetType(name, throwOnError: true)!;
    }

    // Most arguments and results; looking a name up takes the first time a millisecond.
    private static Type? WellKnown(string name) => name switch
    {
        "System.Int32" => typeof(int),
        "System.String" => typeof(string),
        "System.Int64" => typeof(long),
        "System.Double" => typeof(double),
        "System.Boolean" => typeof(bool),
        _ => null,
    };

    private static string[] ReadTypes(ref FrameBody body)
    {
        string[] types = new string[body.ReadInt32()];
        for (int i = 0; i < types.Length; i++) types[i] = body.ReadString()!;
        return types;
    }
}
