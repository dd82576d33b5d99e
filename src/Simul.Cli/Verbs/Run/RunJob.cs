namespace Simul.Cli;

// One command of a run. Item: its line of the file; null for a copy, whose words stay as they are.
internal sealed record RunJob(int Index, string? Item, IReadOnlyList<string> Words)
{
    // Slot: which of those that run side by side it is, from 1.
    public IReadOnlyList<string> Command(int slot) => Item is null ? Words : [.. Words.Select(word => CommandTemplate.Expand(word, Item, Index + 1, slot))];

    // Without a slot, for a comparison with an earlier run's.
    public string Text => ShellQuote.Join(Command(slot: 1));
}
