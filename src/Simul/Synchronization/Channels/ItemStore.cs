namespace Simul;

// What a channel holds, in the order in which it gives it out. Owner: the loop's baton holder.
internal abstract class ItemStore<T>
{
    public int Count { get; protected set; }

    public abstract void Add(T item);

    // The next one; there must be one.
    public abstract T Take();

    public abstract T Peek();
}
