"""Which law a case is under."""

from screening.domain.law.states import Law
from screening.domain.law.uflpa import UFLPA
from screening.domain.law.wro import WRO
from screening.models import Case

LAWS: dict[str, Law] = {Case.Regime.UFLPA: UFLPA, Case.Regime.WRO: WRO}
