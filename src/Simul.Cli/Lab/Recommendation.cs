using System.Globalization;

namespace Simul.Cli;

// Which engine to take, decided from measured figures alone:
//
//  1. An engine is out if it did not get through, if more items failed on it than on the best, or if its results are not
//     those of the reference run. (If the method does not even repeat its own results one by one, equality says nothing
//     about engines and is left out of it.)
//  2. Of those left, the fastest counts; but a difference below the noise is none: the simplest engine within it is taken.
//     Simple to hard: sync, loop, threads, processes.
//  3. The reason names the figures: how much of the time the method computes and how much it waits, what the next best
//     gives, what the collector takes, what broke.
internal static class Recommendation
{
    // Repeated runs of the same job on an idle machine lie within 5 to 10 % of each other.
    public const double Noise = 0.10;

    private static readonly string[] s_simpleFirst = ["sync", "loop", "threads", "processes"];

    // cpuShare: processor time over wall time, one by one.
    public static (string? Engine, string Reason) Decide(IReadOnlyList<EngineFigure> figures, int cores, double cpuShare, bool repeatable, bool asynchronous)
    {
        var through = figures.Where(f => !f.Broke && f.WallS is not null).ToList();
        if (through.Count == 0)
        {
            bool tried = figures.Any(f => f.Engine == "processes");
            return (null, $"No engine got through all items.{(tried ? "" : " The process engine was not tried; it alone survives a method that ends or crashes its process.")}");
        }
        int fewest = through.Min(f => f.Failed);
        var sound = through.Where(f => f.Failed == fewest && (f.Equal || !repeatable)).ToList();
        string warning = repeatable ? "" : "The method does not give the same result twice even one by one, so the results cannot be compared; by speed alone: ";
        if (sound.Count == 0) return (null, "On every engine the results differ from those of the reference run. Make the method depend on its input alone.");

        // A loop that blocks in each item is one by one with more parts; what looks like a gain there is noise.
        var fitting = asynchronous || sound.All(f => f.Engine == "loop") ? sound : sound.Where(f => f.Engine != "loop").ToList();
        double best = fitting.Min(f => f.WallS!.Value);
        var choice = fitting.Where(f => f.WallS <= best * (1 + Noise)).OrderBy(f => Array.IndexOf(s_simpleFirst, f.Engine)).First();
        var sentences = new List<string> { warning + Speed(choice, fitting, cores, cpuShare) };
        sentences.AddRange(Others(choice, fitting));
        sentences.AddRange(Out(figures, sound, fewest, repeatable));
        return (choice.Engine, string.Join(" ", sentences));
    }

    private static string Speed(EngineFigure choice, List<EngineFigure> sound, int cores, double cpuShare)
    {
        string share = Math.Round(cpuShare, 2) switch
        {
            >= 1 => "the method computes all of its time",
            <= 0 => "the method waits nearly all of its time",
            _ => string.Create(CultureInfo.InvariantCulture, $"the method computes {cpuShare * 100:0} % of its time and waits for the rest"),
        };
        if (choice.Engine == "sync")
        {
            var rival = sound.Where(f => f.Engine != "sync").MinBy(f => f.WallS);
            string short_ = choice.WallS < 0.25 ? $"the whole job takes {DurationText.Of(choice.WallS!.Value)} one by one; starting workers costs as much as they save" : share;
            return rival is null ? $"Only one by one could be judged; {share}." : $"Nothing beats one by one by more than the noise of {Noise * 100:0} % (best: {rival.Engine}, {X(rival.Speedup)}); {short_}.";
        }
        if (choice.Speedup is null) return $"{choice.Engine} got through all items; one by one did not.";
        return choice.Engine switch
        {
            "loop" => $"{X(choice.Speedup)} as fast as one by one on a single thread: {share}, and the loop overlaps the waits.",
            "threads" => $"{X(choice.Speedup)} as fast as one by one with {choice.Workers} threads on {cores} core{(cores == 1 ? "" : "s")}: {share}.",
            _ => $"{X(choice.Speedup)} as fast as one by one with {choice.Workers} processes on {cores} core{(cores == 1 ? "" : "s")}: {share}.",
        };
    }

    // Why not the ones that were sound too.
    private static IEnumerable<string> Others(EngineFigure choice, List<EngineFigure> sound)
    {
        foreach (var other in sound.Where(f => f != choice && f.Engine != "sync").OrderBy(f => f.WallS))
        {
            if (other.WallS <= choice.WallS * (1 + Noise))
            {
                string memory = other.PeakMb > choice.PeakMb * 1.2 ? string.Create(CultureInfo.InvariantCulture, $" and takes {other.PeakMb:0} MB against {choice.PeakMb:0} MB") : "";
                if (choice.Engine != "sync") yield return $"{other.Engine} gives {X(other.Speedup)}: a difference within the noise{memory}, and it is the less simple one.";
            }
            else if (choice.Engine == "processes" && other.Engine == "threads" && other.GcShare > 0.1)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"threads gives {X(other.Speedup)}: they share one heap, whose collector held them still for {other.GcShare * 100:0} % of the time; each process has its own.");
            }
            else if (choice.Engine != "sync")
            {
                yield return $"{other.Engine} gives {X(other.Speedup)}.";
            }
        }
    }

    private static IEnumerable<string> Out(IReadOnlyList<EngineFigure> figures, List<EngineFigure> sound, int fewest, bool repeatable)
    {
        foreach (var f in figures.Except(sound))
        {
            yield return f switch
            {
                { Broke: true } or { WallS: null } => $"{f.Engine} did not get through.",
                _ when f.Failed > fewest => $"On {f.Engine} {f.Failed} items failed, elsewhere {fewest}.",
                _ when !f.Equal && repeatable => $"On {f.Engine} the results differ from one by one.",
                _ => $"{f.Engine} was not considered.",
            };
        }
    }

    private static string X(double? speedup) => speedup is { } x ? string.Create(CultureInfo.InvariantCulture, $"{x:0.00}x") : "an unknown speed-up";
}
