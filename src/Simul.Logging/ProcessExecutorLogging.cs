using Microsoft.Extensions.Logging;
using Simul.Logging.Home;

namespace Simul;

/// <summary>Logging for <see cref="ProcessExecutorOptions"/>.</summary>
/// <remarks>Thread safety: all members may be used from any thread.</remarks>
public static class ProcessExecutorLogging
{
    /// <summary>Lets loggers travel to the workers, and brings home what is logged and printed there.</summary>
    /// <param name="options">The options so far; the name, a handler of messages and one of output are taken from here.</param>
    /// <param name="loggers">Where to log what belongs to a worker rather than to a logger that was sent:
    /// <list type="bullet">
    /// <item>entries of a <see cref="WorkerLoggerProvider"/> in a worker, with their category;</item>
    /// <item>lines that workers print, if the options have no <see cref="ProcessExecutorOptions.OutputHandler"/>: category
    /// <c>Simul.Workers.</c> and the executor's name (<c>process</c> if it has none), message <c>{Worker} ({ProcessId}): {Line}</c>,
    /// level Information for standard output, and Warning for standard error, where programs also write what is no error.</item>
    /// </list>
    /// When omitted, loggers travel, and that is all.</param>
    /// <returns>Options with a serializer that knows loggers (<see cref="LoggingWorkSerializer"/>; one of your own stays, and needs
    /// the <see cref="LoggerConverter"/>), and with the handlers.</returns>
    /// <remarks>The factory must outlive the executor. One thread reads what all workers print: a logger that is slow holds up the
    /// others' lines, and their ends. What a logger throws is written to standard error, the first
    /// time, and harms nobody.</remarks>
    /// <example>
    /// <code>
    /// await using var engine = new ProcessExecutor(new ProcessExecutorOptions { Name = "parsers" }.WithLogging(loggerFactory));
    /// await engine.SubmitAsync(file => logger.LogInformation("Reading {File}", file), "a.txt");
    /// </code>
    /// </example>
    public static ProcessExecutorOptions WithLogging(this ProcessExecutorOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Serializer.GetType() == typeof(JsonWorkSerializer)) options = options with { Serializer = new LoggingWorkSerializer() };
        if (loggers is null) return options;
        return options with
        {
            MessageHandler = new MessageReceiver(loggers, options.MessageHandler).Receive,
            OutputHandler = options.OutputHandler ?? new OutputReceiver(loggers, options.Name ?? "process").Receive,
        };
    }
}
