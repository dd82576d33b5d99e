namespace Simul.Docs.Tests;

// docs/guide/coming-from-asyncio.md: every public name of asyncio is there, and every name it gives as an answer exists.
public sealed class AsyncioTableTests
{
    // asyncio.__all__ of Python 3.13, and what 3.11 and 3.12 still had.
    private const string Names = """
        ALL_COMPLETED AbstractChildWatcher AbstractEventLoop AbstractEventLoopPolicy AbstractServer Barrier BaseEventLoop
        BaseProtocol BaseTransport BoundedSemaphore BrokenBarrierError BufferedProtocol CancelledError Condition DatagramProtocol
        DatagramTransport DefaultEventLoopPolicy Event EventLoop FIRST_COMPLETED FIRST_EXCEPTION FastChildWatcher Future Handle
        IncompleteReadError InvalidStateError IocpProactor LifoQueue LimitOverrunError Lock MultiLoopChildWatcher PidfdChildWatcher
        PriorityQueue ProactorEventLoop Protocol Queue QueueEmpty QueueFull QueueShutDown ReadTransport Runner SafeChildWatcher
        SelectorEventLoop Semaphore SendfileNotAvailableError Server StreamReader StreamReaderProtocol StreamWriter
        SubprocessProtocol SubprocessTransport Task TaskGroup ThreadedChildWatcher Timeout TimeoutError TimerHandle Transport
        WindowsProactorEventLoopPolicy WindowsSelectorEventLoopPolicy WriteTransport _enter_task _get_running_loop _leave_task
        _register_task _set_running_loop _unregister_task all_tasks as_completed create_eager_task_factory create_subprocess_exec
        create_subprocess_shell create_task current_task eager_task_factory ensure_future gather get_child_watcher get_event_loop
        get_event_loop_policy get_running_loop iscoroutine iscoroutinefunction isfuture new_event_loop open_connection
        open_unix_connection run run_coroutine_threadsafe set_child_watcher set_event_loop set_event_loop_policy shield sleep
        start_server start_unix_server timeout timeout_at to_thread wait wait_for wrap_future
        """;

    // The public methods of what one meets.
    private const string Members = """
        loop: add_reader add_signal_handler add_writer call_at call_exception_handler call_later call_soon call_soon_threadsafe close connect_accepted_socket connect_read_pipe connect_write_pipe create_connection create_datagram_endpoint create_future create_server create_task create_unix_connection create_unix_server default_exception_handler get_debug get_exception_handler get_task_factory getaddrinfo getnameinfo is_closed is_running remove_reader remove_signal_handler remove_writer run_forever run_in_executor run_until_complete sendfile set_debug set_default_executor set_exception_handler set_task_factory shutdown_asyncgens shutdown_default_executor slow_callback_duration sock_accept sock_connect sock_recv sock_recv_into sock_recvfrom sock_recvfrom_into sock_sendall sock_sendfile sock_sendto start_tls stop subprocess_exec subprocess_shell time
        Task: add_done_callback cancel cancelled cancelling done exception get_context get_coro get_loop get_name get_stack print_stack remove_done_callback result set_exception set_name set_result uncancel
        Future: add_done_callback cancel cancelled done exception get_loop remove_done_callback result set_exception set_result
        Queue: empty full get get_nowait join maxsize put put_nowait qsize shutdown task_done
        Lock: acquire locked release
        Event: clear is_set set wait
        Condition: acquire locked notify notify_all release wait wait_for
        Semaphore: acquire locked release
        Barrier: abort broken n_waiting parties reset wait
        TaskGroup: create_task
        Timeout: expired reschedule when
        Runner: close get_loop run
        Handle: cancel cancelled get_context
        TimerHandle: cancel cancelled when
        Server: abort_clients close close_clients get_loop is_serving serve_forever sockets start_serving wait_closed
        StreamReader: at_eof exception feed_data feed_eof read readexactly readline readuntil set_exception set_transport
        StreamWriter: can_write_eof close drain get_extra_info is_closing start_tls transport wait_closed write write_eof writelines
        AbstractEventLoopPolicy: get_child_watcher get_event_loop new_event_loop set_child_watcher set_event_loop
        Process: communicate kill returncode send_signal terminate wait
        """;

    private static readonly NameTable s_table = new("docs/guide/coming-from-asyncio.md", "asyncio");

    [Fact]
    public void Table_HasEveryPublicNameOfAsyncio()
    {
        var members = Members.Split('\n').Select(line => line.Trim().Split(": ")).SelectMany(pair => pair[1].Split(' '), (pair, name) => $"{pair[0]}.{name}");
        s_table.AssertHas(Names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Concat(members));
    }

    [Fact]
    public void Table_EveryRow_GivesANameOrAReason() => s_table.AssertEachRowAnswers();

    [Fact]
    public void Table_EveryAnswer_Exists() => s_table.AssertEachAnswerExists();

    // The tests above must bite.
    [Theory]
    [InlineData("EventLoop.GatherAsync", true)]
    [InlineData("LoopChannel<T>.JoinAsync", true)]
    [InlineData("LoopTask.Cancel", true)]
    [InlineData("EventLoop.Gather", false)]
    [InlineData("EventLoop.HandleUnhandled", false)]
    [InlineData("LoopCore", false)]
    public void Exists_KnowsPublicNames(string name, bool exists) => Assert.Equal(exists, NameTable.Exists(name));
}
