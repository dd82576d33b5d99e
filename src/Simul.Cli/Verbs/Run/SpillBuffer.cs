namespace Simul.Cli;

// Output that has to wait for its turn: in memory as long as it is small, else in a file that has no name any more, so that it
// goes with this process however that ends.
internal sealed class SpillBuffer : IDisposable
{
    private const int MostInMemory = 1 << 20;
    private Stream _stream = new MemoryStream();

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_stream is MemoryStream memory && memory.Length + bytes.Length > MostInMemory)
        {
            string path = Path.GetTempFileName();
            _stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Delete, 64 * 1024, FileOptions.DeleteOnClose);
            if (!OperatingSystem.IsWindows()) File.Delete(path);
            memory.WriteTo(_stream);
        }
        _stream.Write(bytes);
    }

    public void CopyTo(Stream target)
    {
        if (_stream.Length == 0) return;
        _stream.Position = 0;
        _stream.CopyTo(target);
    }

    public void Dispose() => _stream.Dispose();
}
