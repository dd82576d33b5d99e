using Simul.Processes.Launch;
using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// What comes from a worker and belongs to no item: its code's messages, and what the receivers of progress are told that its
// initializer took along. Heard by the thread that receives from the worker: so they come in order, before the outcomes behind
// them and before the worker's end is handled; and a slow receiver slows its worker down, by the channel that fills up, where a
// queue would grow.
internal sealed partial class WorkerPool
{
    private byte Wishes => (byte)((_initializer is null ? 0 : Greeting.HasInitializer) | (Options.MessageHandler is null ? 0 : Greeting.HearsMessages));

    private void OnWorkerMessage(WorkerSlot slot, FrameBody body)
    {
        string topic = body.ReadString()!;
        var message = new WorkerMessage(slot.Name, slot.Process!.Id, topic, body.Rest.ToArray());
        try
        {
            Options.MessageHandler!(message);
        }
        catch (Exception error)
        {
            Console.Error.WriteLine($"simul: the handler of messages failed at one about '{topic}' from worker {slot.Name}: {error}");
        }
    }

    private void OnInitializerReport(WorkerSlot slot, int number, ReadOnlySpan<byte> value)
    {
        try
        {
            _initializerLinks![number].Read(value, Options.Serializer)();
        }
        catch (Exception error)
        {
            Console.Error.WriteLine($"simul: a receiver of progress that the initializer of worker {slot.Name} took along failed: {error}");
        }
    }
}
