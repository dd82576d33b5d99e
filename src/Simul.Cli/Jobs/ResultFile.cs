using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Simul.Cli.Jobs;

// The results of a map: JSON lines, one an item, in the order in which the items ended.
//
// Guarantees, also when this process is killed:
// - A line is appended by one write, with its line end, so what is there is whole but for the last line.
// - An item with a result is never run again. Resuming cuts off a torn last line and takes the rest as done.
// - Items that failed are run again when the job is resumed; their lines are taken out first (the file is rewritten
//   beside itself and renamed over, so at no moment is there less than before), which keeps it at one line an item.
// - Until Begin nothing is changed: a file that does not fit the inputs stays as it is.
// - Two jobs cannot write the same file: it is locked while it is open.
// Thread safety: one thread at a time.
internal sealed class ResultFile : IDisposable
{
    private readonly string _path;
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly bool _created;
    private ResumePoint _resume;
    private FileStream _file;

    private ResultFile(string path, FileStream file, bool created, ResumePoint resume)
    {
        _path = path;
        _file = file;
        _created = created;
        _resume = resume;
    }

    // Whether item i has its result already.
    public bool IsDone(int index) => _resume.Done[index];

    public int DoneBefore => _resume.DoneCount;

    public int FailedBefore => _resume.FailedLines.Count;

    public static ResultFile Open(string path, bool resume, IReadOnlyList<string> inputs)
    {
        path = Path.GetFullPath(path);
        bool exists = File.Exists(path);
        if (Directory.Exists(path)) throw Bad($"--out {path} is a folder. Name a file.");
        if (Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder)) throw Bad($"--out {path}: the folder {folder} does not exist. Make it first.");
        if (exists && !resume) throw Bad($"--out {path} exists already. Add --resume to go on with it, or name another file.");
        // The superuser may write to all; a file without any write permission still says what its owner wants.
        if (exists && (File.GetAttributes(path) & FileAttributes.ReadOnly) != 0 || exists && !AnyoneMayWrite(path)) throw Bad($"--out {path} is read-only. Make it writable (chmod u+w) or name another file.");
        FileStream? file = null;
        try
        {
            // No buffer: what Write returned from has reached the operating system and outlives this process.
            file = new FileStream(path, exists ? FileMode.Open : FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return new ResultFile(path, file, !exists, exists ? ResumeReader.Read(path, file, inputs) : new ResumePoint(inputs.Count));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            file?.Dispose();
            throw Bad($"--out {path} cannot be written: {e.Message} Name a file in a folder you may write to.");
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    // From here on the file changes: the torn end goes, and so do the lines of items that will be run again.
    public void Begin()
    {
        if (_resume.FailedLines.Count > 0) TakeOutFailed();
        else if (_resume.Length < _file.Length) _file.SetLength(_resume.Length);
        _file.Seek(0, SeekOrigin.End);
        if (_resume.MissesLineEnd) _file.Write("\n"u8);
        _resume = _resume with { Written = true };
    }

    public void Write(string input, ItemEnded item, int attempts)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("index", item.Index);
            json.WriteString("input", input);
            if (item.Failed)
            {
                json.WriteStartObject("error");
                json.WriteString("type", item.ErrorType);
                json.WriteString("message", item.ErrorMessage);
                json.WriteEndObject();
                json.WriteNumber("attempts", attempts);
            }
            else
            {
                json.WritePropertyName("result");
                json.WriteRawValue(OneLine(item.Json ?? "null"), skipInputValidation: true);
            }
            json.WriteEndObject();
        }
        _line.Write("\n"u8);
        try
        {
            _file.Write(_line.WrittenSpan);
        }
        catch (IOException e)
        {
            throw new JobFailure($"--out {_path} cannot be written any more: {e.Message} What is in it is whole; make room and go on with --resume.");
        }
    }

    public void Dispose()
    {
        // Nothing was begun: leave no empty file that would stand in the way of the next try.
        if (_created && !_resume.Written && _file.Length == 0) File.Delete(_path);
        _file.Dispose();
    }

    private void TakeOutFailed()
    {
        string beside = _path + ".resume";
        using (var copy = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            long from = 0;
            foreach (var (start, end) in _resume.FailedLines.Append((Start: _resume.Length, End: _resume.Length)))
            {
                _file.Seek(from, SeekOrigin.Begin);
                Copy(_file, copy, start - from);
                from = end;
            }
            copy.Flush(flushToDisk: true);
        }
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(beside, File.GetUnixFileMode(_path));
        _file.Dispose();
        File.Move(beside, _path, overwrite: true);
        _file = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        // The last line kept may not be the one that missed its line end.
        if (_resume.MissesLineEnd && (_file.Length == 0 || EndsWithLineEnd())) _resume = _resume with { MissesLineEnd = false };
    }

    private bool EndsWithLineEnd()
    {
        _file.Seek(-1, SeekOrigin.End);
        return _file.ReadByte() == '\n';
    }

    private static void Copy(Stream from, Stream to, long count)
    {
        var buffer = new byte[64 * 1024];
        while (count > 0)
        {
            int read = from.Read(buffer, 0, (int)Math.Min(buffer.Length, count));
            if (read == 0) throw new EndOfStreamException();
            to.Write(buffer, 0, read);
            count -= read;
        }
    }

    // A type's own converter may write line breaks; ours is a file of lines.
    private static string OneLine(string json)
    {
        if (!json.AsSpan().ContainsAny('\n', '\r')) return json;
        using var document = JsonDocument.Parse(json);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) document.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static bool AnyoneMayWrite(string path) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;

    private static UsageException Bad(string message) => new(message);
}
