using Microsoft.Extensions.Logging;

namespace Simul.Logging.Entries;

// Which levels are worth an entry: a bit for each, from Trace up.
internal readonly record struct LevelSet(byte Bits)
{
    public static LevelSet All => new(0b11_1111);

    public bool Any => Bits != 0;

    public bool Has(LogLevel level) => level is >= LogLevel.Trace and <= LogLevel.Critical && (Bits >> (int)level & 1) != 0;

    public static LevelSet Of(ILogger logger)
    {
        int bits = 0;
        for (var level = LogLevel.Trace; level <= LogLevel.Critical; level++)
        {
            if (logger.IsEnabled(level)) bits |= 1 << (int)level;
        }
        return new((byte)bits);
    }
}
