"""Only what is new in a file is read; a file that was rewritten is read again and nothing is taken twice."""

from pathlib import Path

import pytest

from retailflow.local.topics.portion import new_portion
from tests.integration.run_support import TOPIC, Shop, change, sums, text


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_appended_lines_are_all_that_is_read(shop: Shop) -> None:
    path = shop.write(text(change(n, "a", n) for n in range(3)))
    assert sums(shop.run()) == (3, 3, 0, 0, 0)
    first = new_portion(path, None)
    assert first is not None
    shop.append(text([change(7, "b", 7)]))
    second = new_portion(path, first.taken)
    assert second is not None
    assert (second.start, second.end) == (first.end, path.stat().st_size)
    assert sums(shop.run()) == (1, 1, 0, 0, 0)
    assert sums(shop.run()) == (0, 0, 0, 0, 0)
    assert len(shop.star()) == 4


def test_a_file_rewritten_in_another_order_gives_what_is_new(shop: Shop) -> None:
    events = [change(n, f"n{n}", n) for n in range(20)]
    shop.write(text(events))
    shop.run()
    shop.write(text(reversed([*events, change(3, None, 30)])))
    assert sums(shop.run()) == (1, 1, 0, 0, 0)


def test_an_unfinished_last_line_waits(shop: Shop) -> None:
    whole = text([change(1, "a", 1), change(2, "b", 2)])
    shop.write(whole[:-10])
    report = shop.run()
    assert (sums(report), report.waiting) == ((1, 1, 0, 0, 0), (f"{TOPIC}.jsonl",))
    shop.write(whole[:-1])  # a complete object, though its newline is not there yet
    report = shop.run()
    assert (sums(report), report.waiting) == ((1, 1, 0, 0, 0), ())
    shop.append("\n" + text([change(3, "c", 3)]))
    assert sums(shop.run()) == (1, 1, 0, 0, 0)
    assert len(shop.star()) == 3


def test_lines_without_offsets_are_numbered_within_their_file(shop: Shop) -> None:
    events = [{k: v for k, v in change(n, "a", n).items() if k != "offset"} for n in range(4)]
    shop.write(text(events[:2]))
    shop.run()
    shop.append(text(events[2:]))
    assert sums(shop.run()) == (2, 2, 0, 0, 0)
    assert shop.rows("SELECT _offset, customer_id FROM staging.customer_log ORDER BY 1") == [(n, n) for n in range(4)]


def test_a_topic_of_several_files(shop: Shop) -> None:
    shop.write(text([change(1, "a", 1)]), f"{TOPIC}/p0.jsonl")
    shop.write(text([change(2, "b", 2), change(1, "a", 1)]), f"{TOPIC}/p1.jsonl")
    shop.write("not looked at", f"{TOPIC}/.p2.jsonl")
    assert sums(shop.run()) == (2, 2, 0, 0, 0)
    shop.write(text([change(3, "c", 3)]), f"{TOPIC}/p2.jsonl")
    assert sums(shop.run()) == (1, 1, 0, 0, 0)


def test_lines_that_are_no_records_are_quarantined_once(shop: Shop) -> None:
    shop.write(text([change(1, "a", 1)]) + "what is this\n\n" + text([change(2, "b", 2)]) + "what is this\n[]\n")
    assert sums(shop.run()) == (5, 2, 0, 0, 3)
    shop.append("what is this\n")
    assert sums(shop.run()) == (1, 0, 0, 0, 1)
    assert shop.rows("SELECT DISTINCT payload FROM staging.quarantine ORDER BY 1") == [("[]",), ("what is this",)]


def test_bytes_that_are_no_text_are_quarantined(shop: Shop) -> None:
    shop.write(text([change(1, "a", 1)]).encode() + b'{"value":"\xff\xfe"}\n')
    assert sums(shop.run()) == (2, 1, 0, 0, 1)
    assert shop.rows("SELECT payload FROM staging.quarantine") == [('not UTF-8: {"value":"\\xff\\xfe"}',)]
