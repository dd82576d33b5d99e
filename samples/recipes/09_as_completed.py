# Results as they come, the quickest first.
import asyncio


async def race(runner, seconds):
    await asyncio.sleep(seconds)
    return runner


async def main():
    runners = {"hare": 0.05, "horse": 0.01, "tortoise": 0.09}
    tasks = [asyncio.create_task(race(*runner)) for runner in runners.items()]
    for place, finished in enumerate(asyncio.as_completed(tasks), start=1):
        print(place, await finished)


asyncio.run(main())
