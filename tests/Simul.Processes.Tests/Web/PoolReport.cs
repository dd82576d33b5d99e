namespace Simul.Processes.Tests.Web;

// What the application says of its executor.
public sealed record PoolReport(int[] Workers, ExecutorStatistics Statistics);
