using System.Collections;
using System.Diagnostics;

namespace Simul.Logging.Entries;

// The state of an entry or a scope as providers expect it: names and values, and the text they make.
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class LogState(string text, KeyValuePair<string, object?>[] pairs) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => pairs.Length;

    public KeyValuePair<string, object?> this[int index] => pairs[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => text;
}
