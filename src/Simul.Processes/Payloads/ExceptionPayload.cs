using System.Runtime.ExceptionServices;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// Sends an exception to the other process and rebuilds it there (P7). Nothing an exception does in its getters or its
// constructor may do harm here: what cannot be had is left out, what cannot be rebuilt becomes a RemoteException.
internal static class ExceptionPayload
{
    private const int DeepestInner = 16;

    public static void Write(FrameWriter target, Exception error) => Write(target, error, DeepestInner);

    public static Exception Read(ref FrameBody body)
    {
        string typeName = body.ReadString()!;
        string displayName = body.ReadString()!;
        string message = body.ReadString()!;
        string? stack = body.ReadString();
        int hresult = body.ReadInt32();
        bool isAggregate = body.ReadByte() == 1;
        var inner = new Exception[body.ReadInt32()];
        for (int i = 0; i < inner.Length; i++) inner[i] = Read(ref body);

        var rebuilt = Rebuild(typeName, message, inner, isAggregate) ?? new RemoteException(displayName, message, stack, inner.FirstOrDefault());
        rebuilt.HResult = hresult;
        if (!string.IsNullOrEmpty(stack)) ExceptionDispatchInfo.SetRemoteStackTrace(rebuilt, stack + Environment.NewLine);
        return rebuilt;
    }

    // Of an exception's type: whether there is a constructor that the message can be given to, or that needs none.
    public static bool CanRebuild(Type type) => type.GetConstructor([typeof(string)]) is not null
        || type.GetConstructor([typeof(string), typeof(Exception)]) is not null
        || type.GetConstructor(Type.EmptyTypes) is not null;

    private static void Write(FrameWriter target, Exception error, int depth)
    {
        // One that came from another process goes on as what it was there.
        var remote = error as RemoteException;
        target.Write(remote?.RemoteTypeName ?? error.GetType().AssemblyQualifiedName ?? error.GetType().Name);
        target.Write(remote?.RemoteTypeName ?? error.GetType().FullName ?? error.GetType().Name);
        target.Write(remote?.RemoteMessage ?? Try(() => error.Message) ?? "(its message could not be read)");
        target.Write(Try(() => error.StackTrace));
        target.Write(error.HResult);
        var aggregate = error as AggregateException;
        target.Write((byte)(aggregate is null ? 0 : 1));
        var inner = depth == 0 ? [] : aggregate?.InnerExceptions.ToArray() ?? (error.InnerException is { } one ? [one] : []);
        target.Write(inner.Length);
        foreach (var each in inner) Write(target, each, depth - 1);
    }

    private static string? Try(Func<string?> getter)
    {
        try
        {
            return getter();
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static Exception? Rebuild(string typeName, string message, Exception[] inner, bool isAggregate)
    {
        try
        {
            if (Type.GetType(typeName, throwOnError: false) is not { } type || !typeof(Exception).IsAssignableFrom(type) || type.IsAbstract) return null;
            if (isAggregate && type == typeof(AggregateException)) return Same(new AggregateException(inner), message) ?? new AggregateException(message, inner);
            object?[][] attempts = inner.Length > 0
                ? [[message, inner[0]]]
                : [[message], [message, null]];
            foreach (object?[] arguments in attempts)
            {
                Type[] signature = arguments.Length == 1 ? [typeof(string)] : [typeof(string), typeof(Exception)];
                if (type.GetConstructor(signature) is { } constructor && Same((Exception)constructor.Invoke(arguments), message) is { } rebuilt) return rebuilt;
            }
            return inner.Length == 0 && type.GetConstructor(Type.EmptyTypes) is { } bare ? Same((Exception)bare.Invoke(null), message) : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    // A constructor's string is not always the message (of ArgumentNullException it is the parameter's name).
    private static Exception? Same(Exception rebuilt, string message) => rebuilt.Message == message ? rebuilt : null;
}
