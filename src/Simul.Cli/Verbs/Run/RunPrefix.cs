namespace Simul.Cli;

// What stands before each line of a command's output.
internal enum RunPrefix
{
    Number,
    Item, // and a tab, as GNU parallel's --tag has it
    None,
}
