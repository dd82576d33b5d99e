namespace Simul.Docs.Tests;

// docs/guide/coming-from-multiprocessing.md: every public name of concurrent.futures and multiprocessing is there, and every name
// it gives as an answer exists.
public sealed class MultiprocessingTableTests
{
    // Of Python 3.13, with what 3.14 adds. Modules for the package's own use (reduction, resource_tracker, spawn, util) have none.
    private const string Names = """
        concurrent.futures: CancelledError BrokenExecutor Future Executor InterpreterPoolExecutor InvalidStateError ProcessPoolExecutor ThreadPoolExecutor TimeoutError as_completed wait
        concurrent.futures.process: BrokenProcessPool
        concurrent.futures.thread: BrokenThreadPool
        Executor: map shutdown submit
        ProcessPoolExecutor: kill_workers terminate_workers
        Future: add_done_callback cancel cancelled done exception result running set_exception set_result set_running_or_notify_cancel
        multiprocessing: Array AuthenticationError Barrier BoundedSemaphore BufferTooShort Condition Event JoinableQueue Lock Manager Pipe Pool Process ProcessError Queue RLock RawArray RawValue SUBDEBUG SUBWARNING Semaphore SimpleQueue TimeoutError Value active_children allow_connection_pickling cpu_count current_process freeze_support get_all_start_methods get_context get_logger get_start_method log_to_stderr parent_process set_executable set_forkserver_preload set_start_method
        multiprocessing.pool: ThreadPool
        Pool: Process apply apply_async close imap imap_unordered join map map_async starmap starmap_async terminate
        AsyncResult: get ready successful wait
        Process: authkey close daemon exitcode ident interrupt is_alive join kill name pid run sentinel start terminate
        Queue: cancel_join_thread close empty full get get_nowait join_thread put put_nowait qsize
        multiprocessing.connection: Client Listener Pipe wait
        Connection: close closed fileno poll readable recv recv_bytes recv_bytes_into send send_bytes writable
        multiprocessing.shared_memory: ShareableList SharedMemory
        SharedMemory: buf close name size unlink
        ShareableList: count format index
        multiprocessing.managers: BaseManager BaseProxy SharedMemoryManager SyncManager Token
        BaseManager: address connect get_server join register shutdown start
        SyncManager: Namespace dict list
        SharedMemoryManager: ShareableList SharedMemory
        """;

    private static readonly NameTable s_table = new("docs/guide/coming-from-multiprocessing.md", "Python");

    [Fact]
    public void Table_HasEveryPublicName() => s_table.AssertHas(
        [
            "ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION", "AsyncResult", "Connection",
            .. Names.Split('\n').Select(line => line.Trim().Split(": ")).SelectMany(pair => pair[1].Split(' '), (pair, name) => $"{pair[0]}.{name}"),
        ]);

    [Fact]
    public void Table_EveryRow_GivesANameOrAReason() => s_table.AssertEachRowAnswers();

    [Fact]
    public void Table_EveryAnswer_Exists() => s_table.AssertEachAnswerExists();
}
