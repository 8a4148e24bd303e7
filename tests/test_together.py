"""Parts of the work are done side by side, and nothing is lost, mixed up or left behind."""

from __future__ import annotations

import threading
import time

import pytest

from apkgeo import together


@pytest.fixture(params=[1, 2], ids=["one processor", "two processors"])
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Both ways in which the work is done."""
    number: int = request.param
    monkeypatch.setattr(together, "workers", lambda: number)
    return number


def test_no_more_threads_than_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert together.workers() == 1
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert together.workers() == 2


@pytest.mark.usefixtures("processors")
def test_results_come_in_the_order_of_the_items_and_not_of_their_ends() -> None:
    def late(item: int) -> int:
        time.sleep(0.02 if item == 0 else 0.0)
        return 10 * item

    assert together.each(late, range(6)) == [0, 10, 20, 30, 40, 50]
    assert together.each(late, []) == []


@pytest.mark.usefixtures("processors")
def test_the_first_item_in_order_tells_the_error() -> None:
    def refuse(item: int) -> int:
        time.sleep(0.02 if item == 1 else 0.0)
        if item:
            raise ValueError(f"item {item}")
        return item

    with pytest.raises(ValueError, match="item 1"):
        together.each(refuse, range(4))


def test_the_block_goes_on_beside_the_work() -> None:
    if together.workers() < 2:
        pytest.skip("there is one processor")
    begun = threading.Event()

    def work() -> str:
        assert begun.wait(30)
        return "done"

    with together.meanwhile(work) as result:
        begun.set()
        assert result() == "done"


@pytest.mark.usefixtures("processors")
def test_what_the_work_raises_is_raised_where_its_result_is_asked_for() -> None:
    def work() -> None:
        raise KeyError("nothing there")

    with together.meanwhile(work) as result, pytest.raises(KeyError, match="nothing there"):
        result()


@pytest.mark.usefixtures("processors")
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_no_thread_is_left_behind_by_an_error_or_an_interrupt(
    error: type[BaseException],
) -> None:
    before = threading.active_count()
    with pytest.raises(error), together.meanwhile(lambda: time.sleep(0.02)):
        raise error
    assert threading.active_count() == before
