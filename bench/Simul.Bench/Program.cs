using System.Globalization;
using Simul.Bench.Orchestration;
using Simul.Bench.Scenarios;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    ["orchestrate", .. var rest] => await Orchestrator.RunAsync(rest),
    ["scenario", var name, var n] => await ScenarioCatalogue.RunAsync(name, int.Parse(n)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Start it through bench/run WORKLOAD [--quick] [--peers a,b].");
    return 2;
}
