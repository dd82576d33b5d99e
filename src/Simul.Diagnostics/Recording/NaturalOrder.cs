namespace Simul.Diagnostics;

/// <summary>Orders names as people do: <c>board 2</c> before <c>board 10</c>.</summary>
/// <remarks>The BCL's numeric ordering needs ICU, which is switched off (see <c>InvariantGlobalization</c>); ordinal
/// comparison otherwise, so that the same names stand in the same order on every machine.</remarks>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return string.CompareOrdinal(left, right);
        }

        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                ReadOnlySpan<char> a = Digits(left, ref i), b = Digits(right, ref j);

                // Without leading zeros the longer number is the greater; equal lengths compare digit by digit.
                int order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
                if (order != 0)
                {
                    return order;
                }
            }
            else if (left[i] != right[j])
            {
                return left[i].CompareTo(right[j]);
            }
            else
            {
                i++;
                j++;
            }
        }

        int rest = (left.Length - i).CompareTo(right.Length - j);

        // "a 1" and "a 01" are alike so far; an order that calls different names equal would not be deterministic.
        return rest != 0 ? rest : string.CompareOrdinal(left, right);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int index)
    {
        int start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
        {
            index++;
        }

        ReadOnlySpan<char> digits = text.AsSpan(start, index - start).TrimStart('0');
        return digits;
    }
}
