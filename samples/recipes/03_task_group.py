# Tasks that belong together: one fails, the others are cancelled, and nobody is left behind.
import asyncio


async def cook(dish, seconds):
    try:
        await asyncio.sleep(seconds)
        print(f"{dish} is done")
    except asyncio.CancelledError:
        print(f"{dish} is taken off the fire")
        raise


async def burn(dish, seconds):
    await asyncio.sleep(seconds)
    raise ValueError(f"{dish} is burnt")


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(cook("rice", 0.01))
            group.create_task(cook("stew", 60))
            group.create_task(burn("toast", 0.03))
    except* ValueError as group:
        for error in group.exceptions:
            print(error)


asyncio.run(main())
