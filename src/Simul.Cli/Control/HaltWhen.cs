namespace Simul.Cli;

internal enum HaltWhen
{
    Never,
    Soon, // nothing new begins; what runs may end
    Now,  // what runs is stopped as well
}
