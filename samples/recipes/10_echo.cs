#:project ../../src/Simul/Simul.csproj
// A server that says back what it hears, and a client.
using System.Net;
using System.Net.Sockets;
using Simul;

EventLoop.Run(() => TaskGroup.RunAsync(async group =>
{
    var server = group.Own(new TcpListener(IPAddress.Loopback, 0));
    server.Start();
    _ = group.Spawn(async () =>
    {
        while (true)
        {
            var client = await server.AcceptTcpClientAsync(group.Token);
            _ = group.Spawn(() => EchoAsync(client));
        }
    });

    using var connection = new TcpClient();
    await connection.ConnectAsync((IPEndPoint)server.LocalEndpoint);
    using var reader = new StreamReader(connection.GetStream());
    foreach (string word in (string[])["hello", "world"])
    {
        await connection.GetStream().WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{word}\n"));
        Console.WriteLine(await reader.ReadLineAsync());
    }
    group.Cancel();
}));

static async Task EchoAsync(TcpClient client)
{
    using var stream = client.GetStream();
    await stream.CopyToAsync(stream, EventLoop.CurrentTask.Token);
}
