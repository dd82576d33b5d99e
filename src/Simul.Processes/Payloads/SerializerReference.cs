using System.Buffers;
using Simul.Processes.Methods;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// A serializer as it is named to a worker: by its type, and the file of its assembly for one that was loaded by path.
internal static class SerializerReference
{
    public static void Check(Type type, string option)
    {
        if (type.GetConstructor(Type.EmptyTypes) is null)
            throw new ArgumentException($"{type} has no public parameterless constructor, so no worker process can make one. Give it one, and put its settings into the type.", option);
        if (type.Assembly.IsDynamic)
            throw new ArgumentException($"{type} was made at run time and does not exist in another process. Use a type of the program's source.", option);
    }

    public static void Write(FrameWriter target, WorkSerializer serializer)
    {
        var type = serializer.GetType();
        bool isDefault = type == typeof(JsonWorkSerializer);
        target.Write(isDefault ? null : type.AssemblyQualifiedName);
        if (!isDefault) target.Write(type.Assembly.Location);
    }

    // One that cannot be made is the failure of the items that need it.
    public static WorkSerializer Read(ref FrameBody body)
    {
        if (body.ReadString() is not { } name) return JsonWorkSerializer.Default;
        string location = body.ReadString()!;
        try
        {
            return (WorkSerializer)Activator.CreateInstance(AssemblyNeighbours.FindType(name, location))!;
        }
        catch (Exception error)
        {
            return new Unavailable(name[..name.IndexOf(',')], error);
        }
    }

    private sealed class Unavailable(string name, Exception error) : WorkSerializer
    {
        public override void Write<T>(IBufferWriter<byte> target, T value) => throw Refuse();

        public override T Read<T>(ReadOnlySpan<byte> bytes) => throw Refuse();

        public override string ToString() => name;

        private WorkSerializationException Refuse()
        {
            var cause = (error as System.Reflection.TargetInvocationException)?.InnerException ?? error;
            return new($"The serializer {name} could not be made in the worker process: {cause.Message}", cause);
        }
    }
}
