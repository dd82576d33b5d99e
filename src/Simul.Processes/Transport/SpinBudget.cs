namespace Simul.Processes.Transport;

// How long to watch for the other side before sleeping: at most 50 us, with several processors only, and less often the more
// often it was in vain. What it costs when nothing comes stays below a hundredth.
internal struct SpinBudget
{
    private const int MostSkipped = 256;
    private static readonly long s_most = Environment.ProcessorCount > 1 ? (long)(TimeProvider.System.TimestampFrequency * 50e-6) : 0;

    private int _skip;     // waits left that sleep at once
    private int _nextSkip;

    // True when the word is no longer what it was, or the ring was closed.
    public bool Spin(ref long word, long seen, ref int closed)
    {
        if (s_most == 0) return false;
        if (_skip > 0)
        {
            _skip--;
            return false;
        }
        long end = TimeProvider.System.GetTimestamp() + s_most;
        do
        {
            for (int i = 0; i < 16; i++)
            {
                if (Volatile.Read(ref word) != seen || Volatile.Read(ref closed) != 0)
                {
                    _nextSkip = 0;
                    return true;
                }
                Thread.SpinWait(1);
            }
        }
        while (TimeProvider.System.GetTimestamp() < end);
        _nextSkip = Math.Clamp(_nextSkip * 2, 1, MostSkipped);
        _skip = _nextSkip;
        return false;
    }
}
