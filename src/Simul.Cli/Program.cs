using Simul.Cli;

return await Application.RunAsync(args);
