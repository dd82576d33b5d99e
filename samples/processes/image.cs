#:project ../../src/Simul.Processes/Simul.Processes.csproj
// An image that all workers see: each blurs some rows of it, and not a pixel is copied between processes.
using Simul;

const int Width = 1920, Height = 1080, Band = 60;

using var image = SharedArray<byte>.Create(Width * Height);
using var blurred = SharedArray<byte>.Create(Width * Height);
for (int i = 0; i < image.Length; i++) image[i] = (byte)((i % Width / 40 + i / Width / 40) % 2 * 255); // a chess board

await using var pool = new ProcessExecutor();
int bands = 0;
await foreach (int _ in pool.MapAsync(Enumerable.Range(0, Height / Band), band => Blur(image, blurred, band * Band)))
    bands++;

Console.WriteLine($"{bands} bands");
Console.WriteLine($"before: {string.Join(' ', image.Span.Slice(Width * 100 + 34, 12).ToArray())}");
Console.WriteLine($"after:  {string.Join(' ', blurred.Span.Slice(Width * 100 + 34, 12).ToArray())}");

// Each pixel becomes the mean of the nine in a row around it.
static int Blur(SharedArray<byte> source, SharedArray<byte> target, int top)
{
    const int Reach = 4;
    var from = source.Span;
    var to = target.Span;
    for (int y = top; y < top + Band; y++)
    {
        for (int x = Reach; x < Width - Reach; x++)
        {
            int sum = 0;
            foreach (byte pixel in from.Slice(y * Width + x - Reach, 2 * Reach + 1)) sum += pixel;
            to[y * Width + x] = (byte)(sum / (2 * Reach + 1));
        }
    }
    return top;
}

// prints:
// 18 bands
// before: 0 0 0 0 0 0 255 255 255 255 255 255
// after:  0 0 28 56 85 113 141 170 198 226 255 255
