using System.Globalization;

namespace Simul.Cli;

// One line of a job log.
internal sealed record ParallelLogLine(int Seq, DateTimeOffset Start, double Seconds, long Received, int ExitValue, int Signal, string Command)
{
    public bool Succeeded => ExitValue == 0 && Signal == 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Seq}\t:\t{Start.ToUnixTimeMilliseconds() / 1000.0:0.000}\t{Seconds,10:0.000}\t0\t{Received}\t{ExitValue}\t{Signal}\t{OneLine(Command)}");

    // Null for a line that is none: the header, or one torn by a kill.
    public static ParallelLogLine? Parse(string line)
    {
        string[] columns = line.Split('\t', 9);
        return columns.Length == 9
            && int.TryParse(columns[0], NumberStyles.None, CultureInfo.InvariantCulture, out int seq)
            && double.TryParse(columns[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double start)
            && double.TryParse(columns[3], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && long.TryParse(columns[5], NumberStyles.None, CultureInfo.InvariantCulture, out long received)
            && int.TryParse(columns[6], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exit)
            && int.TryParse(columns[7], NumberStyles.None, CultureInfo.InvariantCulture, out int signal)
            ? new(seq, DateTimeOffset.FromUnixTimeMilliseconds((long)(start * 1000)), seconds, received, exit, signal, columns[8])
            : null;
    }

    public static string OneLine(string command) => command.ReplaceLineEndings(" ").Replace('\t', ' ');
}
