namespace Simul;

// Last in, first out.
internal sealed class LifoItems<T> : ItemStore<T>
{
    private readonly Stack<T> _stack = new();

    public override void Add(T item)
    {
        _stack.Push(item);
        Count++;
    }

    public override T Take()
    {
        Count--;
        return _stack.Pop();
    }

    public override T Peek() => _stack.Peek();
}
