namespace Simul.Cli;

// One line on a terminal's standard error that says what is going on; gone when it is over. Nothing elsewhere.
internal sealed class StatusLine : IDisposable
{
    private const string Erase = "\r\x1b[K";
    private readonly bool _live = Terminal.IsErrorLive;
    private bool _drawn;

    public void Show(string text)
    {
        if (!_live) return;
        Console.Error.Write(Erase + text);
        _drawn = true;
    }

    public void Dispose()
    {
        if (_drawn) Console.Error.Write(Erase);
        _drawn = false;
    }
}
