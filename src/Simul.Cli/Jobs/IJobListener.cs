namespace Simul.Cli.Jobs;

// Hears what becomes of a job's items, one call at a time.
internal interface IJobListener
{
    void Started(ItemStarted item)
    {
    }

    // One attempt is over; perhaps not the last.
    void Attempted(ItemEnded item, ItemUnderWay attempt)
    {
    }

    // What the user should know meanwhile.
    void Remark(string text)
    {
    }

    // The item's last word: its result, or the failure of its last attempt.
    void Ended(ItemEnded item, int attempts);
}
