namespace Simul;

// What a wait raises that was still pending when its scope ended: a method nobody awaited, an async void one. It ends, and that
// is an error to nobody.
internal sealed class LeftBehindException(string message, CancellationToken token) : OperationCanceledException(message, token);
