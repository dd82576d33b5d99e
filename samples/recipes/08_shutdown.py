# Ctrl+C: everything unwinds, and says goodbye properly.
import asyncio


async def serve():
    try:
        print("serving")
        while True:
            await asyncio.sleep(1)
    finally:
        await asyncio.sleep(0.01)
        print("all guests have left")


try:
    asyncio.run(serve())
except KeyboardInterrupt:
    print("closed")
