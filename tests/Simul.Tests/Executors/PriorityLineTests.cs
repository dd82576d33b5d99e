namespace Simul.Tests.Executors;

public class PriorityLineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Line_DoesWhatASortedListDoes(int seed)
    {
        var random = new Random(seed);
        var line = new PriorityLine<Item>();
        var model = new List<Item>(); // in the order of service
        int next = 0;
        for (int step = 0; step < 20_000; step++)
        {
            int priority = random.Next(-2, 3);
            switch (random.Next(6))
            {
                case 0 or 1:
                    var last = new Item(next++, priority);
                    line.AddLast(last, priority);
                    model.Insert(model.TakeWhile(i => i.Priority >= priority).Count(), last);
                    break;
                case 2:
                    var first = new Item(next++, priority);
                    line.AddFirst(first, priority);
                    model.Insert(model.TakeWhile(i => i.Priority > priority).Count(), first);
                    break;
                case 3 or 4 when model.Count > 0:
                    var gone = model[random.Next(model.Count)];
                    line.Remove(gone);
                    model.Remove(gone);
                    Assert.False(gone.IsInLine);
                    break;
                case 5 when model.Count > 1:
                    bool newest = random.Next(2) == 0;
                    var except = model[random.Next(model.Count)];
                    var others = model.Where(i => i != except).ToList();
                    var lowest = others.Where(i => i.Priority == others[^1].Priority).ToList();
                    Assert.Same(newest ? lowest[^1] : lowest[0], line.Lowest(newest, except));
                    break;
            }
            Assert.Same(model.FirstOrDefault(), line.First);
            Assert.Equal(model.Count, line.Count);
            if (step % 5000 == 4999)
            {
                Assert.Equal(model, line.TakeAll());
                Assert.All(model, static i => Assert.False(i.IsInLine));
                Assert.Equal(0, line.Count);
                model.Clear();
            }
        }
    }

    [Fact]
    public void Item_StandsInOneLine()
    {
        var item = new Item(0, 0);
        var line = new PriorityLine<Item>();
        line.AddLast(item, 0);
        Assert.Throws<SimulInternalException>(() => new PriorityLine<Item>().AddLast(item, 0));
        line.Remove(item);
        Assert.Throws<SimulInternalException>(() => line.Remove(item));
        line.AddFirst(item, 1);
        Assert.Same(item, line.First);
    }

    private sealed class Item(int number, int priority) : LineItem<Item>
    {
        public int Priority => priority;

        public override string ToString() => $"{number} of {priority}";
    }
}
