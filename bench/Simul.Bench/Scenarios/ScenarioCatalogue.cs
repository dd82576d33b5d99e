namespace Simul.Bench.Scenarios;

/// <summary>Simul's own programs, one a process, as the peers' are.</summary>
internal static class ScenarioCatalogue
{
    public static int Run(string name, int n)
    {
        Action<int>? scenario = name switch
        {
            "yield" => YieldScenario.Run,
            "spawn" => SpawnScenario.Run,
            "sleepers-task" => SleepersScenario.RunTasks,
            "sleepers-await" => SleepersScenario.RunAwaits,
            "overshoot" => SleepersScenario.RunOvershoot,
            "handoff" => HandoffScenario.Run,
            "suspend" => SuspendScenario.Run,
            _ => null,
        };
        if (scenario is null)
        {
            Console.Error.WriteLine($"bench/run: there is no scenario '{name}'.");
            return 2;
        }
        scenario(n);
        return 0;
    }
}
