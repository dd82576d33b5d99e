using Microsoft.Extensions.Logging;

namespace Simul.Logging.Home;

// Logs what workers print.
internal sealed class OutputReceiver(ILoggerFactory loggers, string executor)
{
    private readonly ILogger _logger = loggers.CreateLogger($"Simul.Workers.{executor}");

    public void Receive(WorkerOutput output)
    {
        try
        {
            _logger.Log(output.IsError ? LogLevel.Warning : LogLevel.Information, "{Worker} ({ProcessId}): {Line}", output.Worker, output.ProcessId, output.Line);
        }
        catch (Exception error)
        {
            // The line comes out where it would without a logger.
            Console.Error.WriteLine($"simul: a logger failed at a line of worker {output.Worker}: {error}\n{output.Line}");
        }
    }
}
