namespace Simul.Bench.Scenarios;

/// <summary>Simul's own programs, one a process, as the peers' are.</summary>
internal static class ScenarioCatalogue
{
    public static async Task<int> RunAsync(string name, int n)
    {
        switch (name)
        {
            case "yield":
                YieldScenario.Run(n);
                break;
            case "spawn":
                SpawnScenario.Run(n);
                break;
            case "sleepers-task":
                SleepersScenario.RunTasks(n);
                break;
            case "sleepers-await":
                SleepersScenario.RunAwaits(n);
                break;
            case "overshoot":
                SleepersScenario.RunOvershoot(n);
                break;
            case "handoff":
                HandoffScenario.Run(n);
                break;
            case "suspend":
                SuspendScenario.Run(n);
                break;
            case "observe":
                ObserveScenario.Run(n);
                break;
            case "suspend-spinning":
                SuspendScenario.RunSpinning(n);
                break;
            case "suspend-parked":
                SuspendScenario.RunParked(n);
                break;
            case "chess":
                await ChessScenario.RunAsync(n);
                break;
            case "call":
                await CallScenario.RunAsync(n);
                break;
            case "call-1core":
                await CallScenario.RunOnOneCoreAsync(n);
                break;
            case "array":
                await ArrayScenario.RunAsync(n);
                break;
            case "cpu":
                await CpuScenario.RunAsync(n);
                break;
            default:
                Console.Error.WriteLine($"bench/run: there is no scenario '{name}'.");
                return 2;
        }
        return 0;
    }
}
