# Many requests, at most three of them at once.
import asyncio

running = most = 0


async def fetch(page, limit):
    global running, most
    async with limit:
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return len(page)


async def main():
    limit = asyncio.Semaphore(3)
    pages = [f"page {number}" for number in range(10)]
    lengths = await asyncio.gather(*(fetch(page, limit) for page in pages))
    print(sum(lengths), "characters, at most", most, "at once")


asyncio.run(main())
