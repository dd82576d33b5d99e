# Code that blocks, on threads, while the loop goes on.
import asyncio
import threading


def read(name, lamp):
    lamp.wait()
    return f"{name} was read by lamplight"


async def switch_on(lamp):
    await asyncio.sleep(0.01)
    print("the lamp is on")
    lamp.set()


async def main():
    lamp = threading.Event()
    left, right, _ = await asyncio.gather(
        asyncio.to_thread(read, "left", lamp),
        asyncio.to_thread(read, "right", lamp),
        switch_on(lamp),
    )
    print(left)
    print(right)


asyncio.run(main())
