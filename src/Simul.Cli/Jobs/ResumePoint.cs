using System.Collections;

namespace Simul.Cli.Jobs;

// What an earlier run left in a result file. Length: of the part that is whole; what is behind it is a torn line.
internal sealed record ResumePoint(BitArray Done, int DoneCount, List<(long Start, long End)> FailedLines, long Length, bool MissesLineEnd, bool Written)
{
    public ResumePoint(int items)
        : this(new BitArray(items), 0, [], 0, false, false)
    {
    }
}
