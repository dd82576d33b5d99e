using System.Globalization;
using System.Text;

namespace Simul.Cli;

// GNU parallel's replacement strings, in one pass, so that an item that looks like one is left as it is:
//
//   {}    the item                     {/}   without its folders           {#}   its number, from 1
//   {.}   without its extension        {//}  its folder                    {%}   the number of the slot it runs in, from 1
//                                      {/.}  without folders and extension
internal static class CommandTemplate
{
    private static readonly string[] s_ofItem = ["{}", "{.}", "{/}", "{//}", "{/.}"];

    // Whether something of the item goes into the word.
    public static bool HasPlace(string word) => s_ofItem.Any(p => word.Contains(p, StringComparison.Ordinal));

    public static string Expand(string word, string item, int number, int slot)
    {
        if (!word.Contains('{')) return word;
        var result = new StringBuilder();
        for (int at = 0; at < word.Length;)
        {
            int end = word[at] == '{' ? word.IndexOf('}', at) : -1;
            if (end >= 0 && Value(word.AsSpan(at + 1, end - at - 1), item, number, slot) is { } value)
            {
                result.Append(value);
                at = end + 1;
            }
            else
            {
                result.Append(word[at++]);
            }
        }
        return result.ToString();
    }

    private static string? Value(ReadOnlySpan<char> name, string item, int number, int slot) => name switch
    {
        "" => item,
        "." => WithoutExtension(item),
        "/" => BaseName(item),
        "//" => Folder(item),
        "/." => WithoutExtension(BaseName(item)),
        "#" => number.ToString(CultureInfo.InvariantCulture),
        "%" => slot.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string BaseName(string item) => item[(item.LastIndexOf('/') + 1)..];

    private static string Folder(string item) => item.LastIndexOf('/') switch
    {
        < 0 => ".",
        0 => "/",
        var slash => item[..slash],
    };

    private static string WithoutExtension(string item)
    {
        int dot = item.LastIndexOf('.');
        return dot > item.LastIndexOf('/') && dot < item.Length - 1 ? item[..dot] : item;
    }
}
