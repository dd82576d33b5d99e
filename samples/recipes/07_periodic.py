# Every ten milliseconds, without drift, until told to stop.
import asyncio


async def every(seconds, action):
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        due += seconds
        await asyncio.sleep(due - loop.time())
        action()


async def main():
    beats = []
    heart = asyncio.create_task(every(0.01, lambda: beats.append("beat")))
    while len(beats) < 4:
        await asyncio.sleep(0.01)
    heart.cancel()
    print(*beats[:4])


asyncio.run(main())
