namespace Simul.Cli;

// What is played: so many boards, so many pairs of moves at each, so long for her move and for the reply.
internal sealed record ExhibitionPlan(int Boards, int Pairs, TimeSpan Player, TimeSpan Opponent)
{
    public bool KeepsSpans { get; init; }
}
