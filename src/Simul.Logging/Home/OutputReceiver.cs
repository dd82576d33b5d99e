using Microsoft.Extensions.Logging;

namespace Simul.Logging.Home;

// Logs what workers print.
internal sealed class OutputReceiver(ILoggerFactory loggers, string executor)
{
    private readonly ILogger _logger = loggers.CreateLogger($"Simul.Workers.{executor}");

    private readonly LoggerFailures _failures = new();

    public void Receive(WorkerOutput output)
    {
        try
        {
            _logger.Log(output.IsError ? LogLevel.Warning : LogLevel.Information, "{Worker} ({ProcessId}): {Line}", output.Worker, output.ProcessId, output.Line);
        }
        catch (Exception error)
        {
            _failures.Report($"a line of worker {output.Worker}", error);
            Console.Error.WriteLine(output.Line); // where it would come out without a logger
        }
    }
}
