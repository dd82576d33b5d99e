using System.CommandLine;
using Simul.Cli.Jobs;

namespace Simul.Cli;

// `simul map`: one method over many inputs on one engine, results kept as JSON lines.
internal sealed class MapVerb : IVerb
{
    public Command Build()
    {
        var assembly = JobOptions.Assembly();
        var method = JobOptions.Method();
        var inputs = JobOptions.Inputs();
        var engine = HouseOption.Choice("--engine", "Where the items run.", JobOptions.Engines);
        engine.Required = true;
        var workers = JobOptions.Workers();
        var timeout = HouseOption.Duration("--timeout", "How long one item may run. The process engine kills what does not stop.");
        var retries = HouseOption.Count("--retries", "How often an item that failed is tried again.", 0, 1000, 0);
        var halt = HouseOption.Halt("items");
        var free = HouseOption.Size("--memory-free", "With --engine processes: begin no item while less memory than this is available; below half of it, take the youngest back and run it later.");
        var limit = HouseOption.Size("--memory-limit", "With --engine processes: kill the worker of an item when, with what it has started, it holds more memory than this; the item has failed.");
        var joblog = HouseOption.Text("--joblog", "FILE", "Write a line in GNU parallel's columns for each attempt.", path => path);
        var resume = new Option<bool>("--resume") { Description = "Go on with an earlier run's --out: items with a result are kept, items that failed are run again." };
        var output = HouseOption.Text("--out", "FILE.jsonl", "The results, one JSON line an item, in the order in which items end.", path => path);
        output.Required = true;
        var command = new Command("map", "Run your own method over your own inputs on one engine, and keep the results.")
        {
            assembly, method, inputs, engine, workers, timeout, retries, halt, free, limit, joblog, resume, output,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var lines = Files.ReadItems(parsed.GetValue(inputs)!, "--inputs");
            var plan = new JobPlan(parsed.GetValue(method)!, parsed.GetValue(engine)!, lines)
            {
                Workers = parsed.GetValue(workers),
                Timeout = parsed.GetValue(timeout),
                Retries = parsed.GetValue(retries),
                Halt = parsed.GetRequiredValue(halt),
                Memory = MemoryGuard.Create(parsed.GetValue(free), parsed.GetValue(limit)),
            };
            if (plan.Memory is not null && plan.Engine != "processes")
                throw new UsageException($"{(parsed.GetValue(free) is null ? "--memory-limit" : "--memory-free")} needs --engine processes: on the {plan.Engine} engine all items share one process, and its memory.");
            return MapJob.RunAsync(parsed.GetValue(assembly)!, plan, parsed.GetValue(output)!, parsed.GetValue(joblog), parsed.GetValue(resume), cancellation);
        });
        return command;
    }
}
