# A producer, three consumers, a queue with room for two.
import asyncio


async def work(queue, results):
    while True:
        number = await queue.get()
        await asyncio.sleep(0.001)
        results.append(number * number)
        queue.task_done()


async def main():
    queue = asyncio.Queue(maxsize=2)
    results = []
    workers = [asyncio.create_task(work(queue, results)) for _ in range(3)]
    for number in range(10):
        await queue.put(number)
    await queue.join()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    print(*sorted(results))


asyncio.run(main())
