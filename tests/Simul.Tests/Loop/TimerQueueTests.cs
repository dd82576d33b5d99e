namespace Simul.Tests.Loop;

public sealed class TimerQueueTests
{
    // Against a plain list: what fires, in which order, and which deadline is next, while timers come, go and come again.
    [Theory]
    [InlineData(0.1, 3000)]
    [InlineData(0.9, 3000)]
    [InlineData(0.5, 40000)]
    public void Queue_AddedRemovedFired_AgreesWithAList(double removals, int steps)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var queue = new TimerQueue();
            var model = new List<(long When, bool Late, long Order, Node Node)>();
            var idle = new Stack<Node>();
            var fired = new List<Node>();
            long now = 0;
            int range = random.Next(1, 2000);
            for (int i = 0; i < steps; i++)
            {
                double what = random.NextDouble();
                if (what < 0.5)
                {
                    var node = idle.Count > 0 && random.Next(2) == 0 ? idle.Pop() : new Node(fired);
                    var (when, late) = (now + random.Next(range), random.Next(8) == 0);
                    queue.Add(node, when, late);
                    model.Add((when, late, i, node));
                }
                else if (what < 0.5 + (0.5 * removals))
                {
                    if (model.Count == 0) continue;
                    int chosen = random.Next(model.Count);
                    Assert.True(queue.Remove(model[chosen].Node), $"seed {seed}, step {i}");
                    Assert.False(queue.Remove(model[chosen].Node), $"seed {seed}, step {i}");
                    idle.Push(model[chosen].Node);
                    model.RemoveAt(chosen);
                }
                else
                {
                    now += random.Next(range / 8 + 1);
                    fired.Clear();
                    queue.FireDue(now);
                    var due = model.Where(t => t.When <= now).OrderBy(t => t.When).ThenBy(t => t.Late).ThenBy(t => t.Order).Select(t => t.Node).ToList();
                    Assert.True(due.SequenceEqual(fired), $"seed {seed}, step {i}: {due.Count} due, {fired.Count} fired");
                    model.RemoveAll(t => t.When <= now);
                    due.ForEach(idle.Push);
                }
                Assert.Equal(model.Count, queue.Count);
                if (i % 64 == 0) Assert.Equal(model.Count == 0 ? long.MaxValue : model.Min(t => t.When), queue.NextDeadline);
            }
        }
    }

    // So many that they are put aside in runs, some withdrawn before and some after that, some set while others fire.
    [Fact]
    public void Queue_TensOfThousands_FireInOrderWithoutTheWithdrawn()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var queue = new TimerQueue();
            var fired = new List<Node>();
            var expected = new List<(long When, long Order, Node Node)>();
            long order = 0;
            void Add(long from)
            {
                var node = new Node(fired);
                long when = from + random.Next(100_000);
                queue.Add(node, when);
                expected.Add((when, order++, node));
            }
            void Withdraw(int share)
            {
                expected.RemoveAll(t =>
                {
                    if (t.Node.Order < 0 || random.Next(share) != 0) return false;
                    Assert.True(queue.Remove(t.Node));
                    return true;
                });
            }
            for (int i = 0; i < 20_000; i++)
            {
                Add(0);
                if (i % 7000 == 6999) Withdraw(5);
            }
            Withdraw(seed % 2 == 0 ? 3 : 100);
            for (long now = 0; queue.Count > 0; now += 500)
            {
                queue.FireDue(now);
                if (now is 20_000 or 60_000)
                {
                    for (int i = 0; i < 5000; i++) Add(now + 1);
                    Withdraw(4);
                }
            }
            Assert.Equal(expected.OrderBy(t => t.When).ThenBy(t => t.Order).Select(t => t.Node), fired);
            Assert.Equal(long.MaxValue, queue.NextDeadline);
        }
    }

    private sealed class Node(List<Node> fired) : TimerNode
    {
        internal override void FireOnLoop() => fired.Add(this);
    }
}
