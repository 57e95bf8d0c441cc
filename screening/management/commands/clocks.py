"""The statutory clocks of a detention, as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from screening.domain.law.clocks import detention_clock


class Command(BaseCommand):
    help = (
        "Print as JSON the days that 19 U.S.C. 1499(c) and 1514, 19 CFR 151.16, 174.21 and 174.31 set for goods "
        "presented on a day: ISO dates, null where nothing sets one."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--presented", required=True, type=_day, metavar="DATE", help="presented for examination")
        parser.add_argument("--detained", type=_day, metavar="DATE", help="detained, where it was before the last day")
        parser.add_argument("--excluded", type=_day, metavar="DATE", help="expressly excluded")
        parser.add_argument("--protested", type=_day, metavar="DATE", help="protest filed")
        parser.add_argument("--denied", type=_day, metavar="DATE", help="notice that the protest is denied mailed")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            clock = detention_clock(
                options["presented"],
                detained_on=options["detained"],
                excluded_on=options["excluded"],
                protested_on=options["protested"],
                denied_on=options["denied"],
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({code: day and day.isoformat() for code, day in clock.days().items()}, indent=2))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date; write it as 2026-06-29") from None
