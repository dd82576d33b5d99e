namespace Simul.Tests.Stress;

// Many readers or one writer, never both.
internal sealed class ReadWriteAct(Scenario scenario) : Act(scenario)
{
    private readonly AsyncReaderWriterLock _book = new("book");
    private int _readers, _writers, _writersInLine, _edition;

    public override async Task RunAsync(int depth)
    {
        if (Once(3))
        {
            using var hold = await WriteLockAsync();
            Require(++_writers == 1 && _readers == 0, $"{_writers} write while {_readers} read");
            try
            {
                await EventLoop.Delay(Sec(Roll(3)));
                _edition++;
            }
            finally
            {
                _writers--;
            }
        }
        else
        {
            using var hold = await _book.ReadLockAsync();
            _readers++;
            int edition = _edition;
            try
            {
                Require(_writers == 0, "one reads what another writes");
                await EventLoop.Delay(Sec(Roll(3)));
                Require(edition == _edition, "the book was written while it was read");
            }
            finally
            {
                _readers--;
            }
        }
    }

    public override void CheckAtRest() =>
        Require(_book.GetStatistics().CurrentWaiters == 0 || _writers > 0 || (_readers > 0 && _writersInLine > 0), "somebody waits for a book that is to be had");

    public override void CheckAtEnd()
    {
        Require(_readers == 0 && _writers == 0, "somebody still reads or writes");
        Require(_book.TryWriteLock(out var hold), "the book was not given back");
        hold.Dispose();
        Require(_book.GetStatistics().CurrentWaiters == 0, "somebody still waits for the book");
    }

    private async Task<AsyncReaderWriterHold> WriteLockAsync()
    {
        _writersInLine++;
        try
        {
            return await _book.WriteLockAsync();
        }
        finally
        {
            _writersInLine--;
        }
    }
}
