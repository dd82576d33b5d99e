using System.Reflection;
using Simul.Processes.Methods;
using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// A worker that is started before there is work is made to run two items of ours behind its greeting: its runtime then has
// compiled the way of an item, from the frame to the result, for numbers and for objects, and has loaded the application. That
// takes it tens of milliseconds the first time. What it answers belongs to no job, and is passed over like all that comes after
// an item's end.
//
// A worker that is started for an item is not: the item would wait for it.
internal sealed partial class WorkerPool
{
    private const long WarmUpItem = -1;

    private bool KeepsWarm => Options.MinWorkers > 0 || Options.SpareWorkers > 0;

    private void WriteWarmUp(FrameWriter writer)
    {
        foreach (var (number, method) in WarmUps.All)
        {
            method.Write(writer, number);
            ItemFrame.Begin(writer, WarmUpItem, number, _virtual?.GetTimestamp() ?? 0);
            RunExtras.WriteNone(writer);
            object argument = method.Argument == typeof(int) ? 0 : Assembly.GetEntryAssembly()?.FullName ?? "";
            ItemFrame.End(writer, Payload.None, WorkPayload.Serialize(method.Argument!, argument, arena: null, Options.Serializer, method.ArgumentText));
        }
    }

    private static int DoNothing(int value) => value;

    private static string LoadApplication(string assembly)
    {
        try
        {
            if (assembly.Length > 0) Assembly.Load(assembly);
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            // The entry is a test host's, or lies elsewhere. It was worth a try.
        }
        return assembly;
    }

    // Apart, so that a pool that keeps nothing warm does not make them.
    private static class WarmUps
    {
        // Numbers below those of items, which count from 0; -1 is the initializer's.
        public static readonly (int Number, MethodReference Method)[] All =
        [
            (-2, MethodReference.Create((Func<int, int>)DoNothing, WorkShape.Synchronous, typeof(int), typeof(int))),
            (-3, MethodReference.Create((Func<string, string>)LoadApplication, WorkShape.Synchronous, typeof(string), typeof(string))),
        ];
    }
}
