# Several things at once, their results in order.
import asyncio


async def fetch(city, seconds):
    await asyncio.sleep(seconds)
    return f"{city}: sunny"


async def main():
    reports = await asyncio.gather(
        fetch("Oslo", 0.03),
        fetch("Rome", 0.01),
        fetch("Lima", 0.02),
    )
    for report in reports:
        print(report)


asyncio.run(main())
