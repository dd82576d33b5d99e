"""The exhibition on trio's autojump clock: chess.py BOARDS
One player (a fair lock) holds 5 s a move, every opponent thinks 55 s, 30 pairs of moves."""
import os
import sys

import trio
import trio.testing

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python-common"))
from peerbench import REPEATS, Timer, emit  # noqa: E402


async def game(player, pairs):
    for _ in range(pairs):
        async with player:
            await trio.sleep(5)
        await trio.sleep(55)


async def play(boards, pairs):
    start = trio.current_time()
    player = trio.Lock()
    async with trio.open_nursery() as nursery:
        for _ in range(boards):
            nursery.start_soon(game, player, pairs)
    return trio.current_time() - start


def main(boards):
    values = []
    expected = boards * 5 * 30 + 55 if boards * 5 > 60 else 1800  # the last reply, 55 s after her last move
    trio.run(play, 24, 30, clock=trio.testing.MockClock(autojump_threshold=0))  # warm-up
    for _ in range(REPEATS):
        t = Timer()
        took = trio.run(play, boards, 30, clock=trio.testing.MockClock(autojump_threshold=0))
        values.append(t.ms())
        assert abs(took - expected) < 0.01, took
    emit("python-trio", "chess", f"wall_{boards}", values, "ms", boards * 60)


main(int(sys.argv[1]))
