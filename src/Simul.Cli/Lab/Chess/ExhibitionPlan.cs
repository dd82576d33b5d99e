using System.Globalization;

namespace Simul.Cli;

// What is played: so many boards, so many pairs of moves at each, so long for her move and for the reply.
// A struct of plain numbers, like everything that goes to a worker and back: it crosses process boundaries as raw memory.
// As JSON, what the serializer compiled at run time was half of what a worker process needed to play its game.
internal readonly record struct ExhibitionPlan(int Boards, int Pairs, TimeSpan Player, TimeSpan Opponent)
{
    private const long MostMoves = 100_000_000;
    private const long MostRecordedMoves = 1_000_000;
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(365_250); // a thousand years; the calendar ends after 7,999

    public bool KeepsSpans { get; init; }

    public long Moves => (long)Boards * Pairs;

    // Null, or why nobody can play this.
    public string? Refusal
    {
        get
        {
            double years = Moves * (Player + Opponent).TotalDays / 365.25;
            return this switch
            {
                _ when Player + Opponent == TimeSpan.Zero => "--player and --opponent are both 0: nobody would need any time; give at least one of them.",
                _ when Moves > MostMoves => Sentence($"--boards {Boards:N0} with --pairs {Pairs:N0} are {Moves:N0} moves; at most {MostMoves:N0} are played."),
                _ when KeepsSpans && Moves > MostRecordedMoves => Sentence($"--report draws at most {MostRecordedMoves:N0} moves an engine, and this plan has {Moves:N0}; take fewer --boards or --pairs."),
                _ when years > s_longest.TotalDays / 365.25 => Sentence($"one board at a time, this plan takes {years:N0} years; keep it under 1,000 with fewer --boards or --pairs, or shorter times."),
                _ => null,
            };
        }
    }

    private static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
