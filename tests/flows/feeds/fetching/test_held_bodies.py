import asyncio

import pytest

from flows.feeds.fetching.held_bodies import HeldBodies


def test_held_bodies_stay_under_the_cap_and_all_are_read() -> None:
    held, most, read = 0, 0, []

    async def read_body(n: int, size: int) -> None:
        nonlocal held, most
        held += size
        most = max(most, held)
        await asyncio.sleep(0.001 * (n % 3))
        held -= size
        read.append(n)

    async def go() -> None:
        async with HeldBodies(most_bytes=100) as bodies:
            for n in range(40):
                await bodies.start(read_body(n, 30), 30)
            await bodies.start(read_body(40, 500), 500)

    asyncio.run(go())
    assert sorted(read) == list(range(41))
    assert most == 500  # alone: with another body it would be more


def test_the_first_failure_cancels_the_rest_and_is_raised() -> None:
    ended: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            ended.append("slow")
            raise

    async def fails() -> None:
        raise ValueError("no room on the disk")

    async def go() -> None:
        async with HeldBodies() as bodies:
            await bodies.start(slow(), 1)
            await bodies.start(fails(), 1)
            await asyncio.sleep(30)

    with pytest.raises(ValueError, match="no room on the disk"):
        asyncio.run(asyncio.wait_for(go(), timeout=10))
    assert ended == ["slow"]
