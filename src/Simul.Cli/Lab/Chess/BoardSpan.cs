namespace Simul.Cli;

// A stretch at one board: her move, or the opponent's thinking. Master: who sat there, from 1.
internal readonly record struct BoardSpan(bool Hers, int Master, TimeSpan Start, TimeSpan End);
