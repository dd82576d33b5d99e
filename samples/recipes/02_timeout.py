# Not longer than that: as an error, and as an answer.
import asyncio


async def fetch(seconds):
    await asyncio.sleep(seconds)
    return "a reply"


async def main():
    print(await asyncio.wait_for(fetch(0.01), timeout=5))
    try:
        await asyncio.wait_for(fetch(60), timeout=0.02)
    except TimeoutError:
        print("too late")

    try:
        async with asyncio.timeout(0.02):
            await fetch(60)
        late = False
    except TimeoutError:
        late = True
    print("moved on" if late else "in time")


asyncio.run(main())
