"""A file may do to its reader what it likes: the caller gets an answer or a reason, and lives."""

import os
import threading
import time

import pytest

from entities.sandbox import Limits, Unreadable, run_reader

READER = "tests.entities.misbehaving_reader"
SMALL = Limits(memory_bytes=300 * 1024 * 1024, cpu_seconds=1, wall_seconds=10, answer_bytes=1_000_000)


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sirs")
    return path


def run(path, how, limits=SMALL, **options):
    return run_reader(READER, path, options={"how": how, **options}, limits=limits)


def is_alive(process_id):
    try:
        with open(f"/proc/{process_id}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_answer_of_the_reader_comes_back_with_what_it_used(letter):
    answer = run(letter, "answers", page=7)
    assert answer["text"] == "Dear Sirs"
    assert answer["options"] == {"how": "answers", "page": 7}
    assert 5 < answer["measured"]["peak_memory_mb"] < 100
    assert 0 < answer["measured"]["seconds"] < 10


def test_the_child_has_its_own_session_a_bare_environment_and_no_django(letter, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    answer = run(letter, "says_where_it_is")
    assert answer["session"] == answer["process"] != os.getsid(0)
    assert not {"DATABASE_URL", "PYTHONPATH", "HOME", "SECRET_KEY"} & set(answer["environment"])
    assert answer["modules"] == []


def test_what_a_parser_prints_does_not_spoil_the_answer(letter):
    assert run(letter, "prints_to_standard_output")["text"] == "fine"


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("hogs_memory", "resource_limit"),
        ("aborts", "resource_limit"),
        ("spins", "resource_limit"),
        ("segfaults", "crashed"),
        ("raises", "crashed"),
        ("recurses", "crashed"),
        ("exits", "crashed"),
        ("writes_garbage", "crashed"),
        ("answers_with_a_list", "crashed"),
        ("answers_with_an_object", "crashed"),
        ("no_such_way", "crashed"),
    ],
)
def test_a_reader_that_fails_is_a_reason_and_not_an_accident(letter, how, code):
    with pytest.raises(Unreadable) as failure:
        run(letter, how)
    assert failure.value.code == code


@pytest.mark.parametrize("how", ["sleeps", "ignores_polite_signals", "closes_the_pipe_and_stays"])
def test_a_reader_that_does_not_come_back_is_killed_in_time(letter, how):
    started = time.monotonic()
    with pytest.raises(Unreadable) as failure:
        run(letter, how, limits=Limits(wall_seconds=1))
    assert failure.value.code == "resource_limit"
    assert time.monotonic() - started < 6


def test_an_answer_that_is_too_long_is_cut_off(letter):
    with pytest.raises(Unreadable) as failure:
        run(letter, "answers_at_length", length=20_000_000)
    assert failure.value.code == "answer_too_large"


def test_an_answer_just_short_enough_arrives_whole(letter):
    assert len(run(letter, "answers_at_length", length=900_000)["text"]) == 900_000


def test_a_failure_quotes_nothing_of_the_document(letter):
    with pytest.raises(Unreadable) as failure:
        run(letter, "raises")
    assert "secret" not in str(failure.value)
    assert "ValueError at misbehaving_reader.py" in failure.value.detail


def test_a_reader_can_write_no_file(letter, tmp_path):
    target = tmp_path / "out"
    assert run(letter, "writes_a_file", target=str(target))["refused"] == "File too large"
    assert target.read_text() == ""


def test_processes_left_behind_end_with_the_child(letter):
    left = run(letter, "leaves_a_process_behind")["process"]
    deadline = time.monotonic() + 5
    while is_alive(left) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(left)


def test_a_missing_file_is_a_reason_too(tmp_path):
    with pytest.raises(Unreadable) as failure:
        run(tmp_path / "gone.txt", "answers")
    assert "FileNotFoundError" in failure.value.detail


def test_threads_of_one_process_run_readers_side_by_side(letter):
    answers, failures = [], []

    def work(number):
        try:
            answers.append(run(letter, "hogs_memory" if number % 2 else "answers")["text"])
        except Unreadable as failure:
            failures.append(failure.code)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == ["Dear Sirs"] * 4
    assert failures == ["resource_limit"] * 4


def test_nothing_is_left_open_after_a_run(letter):
    run(letter, "answers")
    before = len(os.listdir("/proc/self/fd"))
    for how in ("answers", "aborts", "exits"):
        try:
            run(letter, how)
        except Unreadable:
            continue
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_caller_works_on_meanwhile_and_its_work_is_not_the_time_of_the_child(letter):
    worked = []

    def work():
        worked.append(time.sleep(2))

    answer = run_reader(READER, letter, options={"how": "naps"}, limits=Limits(wall_seconds=3), meanwhile=work)
    assert answer["text"] == "rested"
    assert 1 <= len(worked) <= 3


def test_a_fault_of_the_caller_meanwhile_ends_the_child_and_surfaces(letter):
    started = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        run_reader(READER, letter, options={"how": "sleeps"}, meanwhile=lambda: 1 / 0)
    assert time.monotonic() - started < 15
