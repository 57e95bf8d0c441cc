"""What is made in a process of its own comes in its order, and what goes wrong there is told here."""

import os
import time

import pytest
from django.db import connection

from entities import other_process
from entities.domain.errors import Refused
from entities.models import Job
from entities.other_process import has_room, made_elsewhere

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not copy processes")


def test_values_come_in_their_order():
    assert list(made_elsewhere(lambda: iter(range(1000)))) == list(range(1000))


def test_they_are_made_by_another_process():
    [process] = made_elsewhere(lambda: [os.getpid()])
    assert process != os.getpid()


def test_what_is_refused_there_is_refused_here_behind_the_values_before_it():
    def make():
        yield 1
        raise Refused("malformed", "It is damaged.")

    values = made_elsewhere(make)
    assert next(values) == 1
    with pytest.raises(Refused, match="It is damaged") as refused:
        next(values)
    assert refused.value.code == "malformed"


def test_a_fault_there_is_a_fault_here():
    def make():
        yield {}["missing"]

    with pytest.raises(RuntimeError, match="KeyError: 'missing'"):
        list(made_elsewhere(make))


def test_a_process_that_dies_is_no_end():
    def make():
        yield 1
        os._exit(1)

    values = made_elsewhere(make)
    next(values)
    with pytest.raises(RuntimeError, match="ended before"):
        next(values)


def test_a_process_that_makes_nothing_for_too_long_is_waited_for_no_more(monkeypatch):
    monkeypatch.setattr(other_process, "LONGEST", 0.2)
    with pytest.raises(RuntimeError, match="made none for too long"):
        list(made_elsewhere(lambda: map(time.sleep, [30])))


def test_who_takes_no_more_values_leaves_no_process_behind():
    def make():
        while True:
            yield os.getpid()

    values = made_elsewhere(make)
    process = next(values)
    values.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.django_db(transaction=True)
def test_it_reads_the_database_by_a_connection_of_its_own():
    if not has_room():
        pytest.skip("no second process beside this database")
    Job.objects.create(kind="mail", priority=1)
    assert list(made_elsewhere(lambda: [Job.objects.count(), Job.objects.get().kind])) == [1, "mail"]
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_what_is_not_committed_no_second_process_could_see():
    assert connection.in_atomic_block
    assert not has_room()
