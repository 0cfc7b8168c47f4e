"""What each page of the public site shows: in the reader's language, dates written out, codes as words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale
from markupsafe import Markup

from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import LANGUAGES, Message, say, written_date
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.case import State
from civic_ai.records.decision import Ballot
from civic_ai.records.public_register import PublicDecision, Register, RegisterRow, Withheld
from civic_ai.records.text import Text
from civic_ai.records.workflow_words import QUESTIONS, ROLES, STATES, VERDICTS
from civic_ai.records.yearly_report import YearlyReport
from civic_ai.review.publication_words import CARDS, CONDITIONS, ENDINGS, REASONS, WITHHELD

NOTHING = "–"
PILOT = say("Pilot")
View = Mapping[str, object]
Cell = Markup | str


def teller_in(language: str) -> Teller:
    """A teller without facts: the site's numbers are counts of the ledger, not facts of a dossier."""
    return Teller({}, language, Locale.parse(language))


@dataclass(frozen=True)
class SitePages:
    """The pages of one register and its yearly reports, for the readers of one language."""

    register: Register
    reports: Sequence[YearlyReport]
    language: str

    @property
    def teller(self) -> Teller:
        """Who speaks."""
        return teller_in(self.language)

    def index(self) -> View:
        """All pilots."""
        columns = (
            PILOT,
            say("State"),
            say("Holds until"),
            say("Impact level"),
            say("Gates that do not pass"),
        )
        rows = [self._row(row) for row in self.register.rows]
        rows += [(each.pilot, self._word(STATES[each.state]), NOTHING, NOTHING, NOTHING)
                 for each in self.register.unshown]  # fmt: skip
        return {
            "pilots": self._table(say("All pilots"), columns, rows),
            "has_unshown": bool(self.register.unshown),
            "on": self._day(self.register.on),
            "years": [report.year for report in self.reports],
            **self._links("index.html"),
        }

    def pilot(self, row: RegisterRow) -> View:
        """One pilot: what it is for, what may be read, what was decided, what is withheld, how to object."""
        return {
            "row": row,
            "title": self.teller.text(row.title),
            "use": self.teller.text(row.use).rstrip("."),
            "state": self._word(STATES[row.state]),
            "holds_until": self._day(row.holds_until),
            "data_up_to": self._day(row.data_up_to),
            "decisions": [self._decision(made) for made in row.decisions],
            "withheld": [self._withheld(each) for each in row.withheld],
            "cards": [
                (name, self._word(said))
                for name, said in CARDS.items()
                if f"public/{name}.{self.language}.html" in row.cards
            ],
            **self._links(f"{row.pilot}/index.html"),
        }

    def year(self, report: YearlyReport) -> View:
        """One year, counted from the ledger."""
        answered = sum(each.answered_on is not None for each in report.objections)
        status = Counter(each.status for each in report.conditions)
        return {
            "met": status["met"] + status["met_late"],
            "missed": status["missed"] + status["overdue"],
            "owed": status["open"],
            "report": report,
            "until": self._day(report.until),
            "tables": [table for table in self._tables(report) if table.rows],
            "answered": answered,
            "open": len(report.objections) - answered,
            **self._links(f"years/{report.year}.html"),
        }

    def _tables(self, report: YearlyReport) -> tuple[Table, ...]:
        return (
            self._states(report),
            self._decisions(report),
            self._conditions(report),
            self._waivers(report),
            self._approvals(report),
            self._endings(report),
            self._objections(report),
        )

    def _states(self, report: YearlyReport) -> Table:
        by_state: dict[State, list[str]] = {}
        for pilot, state in report.states.items():
            by_state.setdefault(state, []).append(pilot)
        rows = [
            (self._word(STATES[state]), str(len(pilots)), Markup(", ").join(map(self._pilot_link, pilots)))
            for state, pilots in by_state.items()
        ]
        return self._table(
            say("Where the pilots stand"), (say("State"), say("Pilots"), say("Which ones")), rows
        )

    def _decisions(self, report: YearlyReport) -> Table:
        columns = (
            PILOT, say("Question"), say("Decision"), say("Day"), say("Votes"), say("Members there"),
            say("Stepped aside for a conflict"), say("Entry of the ledger"),
        )  # fmt: skip
        rows = [
            (each.pilot, self._word(QUESTIONS[each.question]), self._word(VERDICTS[each.verdict]),
             self._day(each.decided_on), self._counts(each.votes),
             self._word(say("{present} of {seats}", present=each.present, seats=each.present + each.absent)),
             str(each.recused), str(each.entry))
            for each in report.decisions
        ]  # fmt: skip
        return self._table(say("Decisions of the board"), columns, rows)

    def _conditions(self, report: YearlyReport) -> Table:
        columns = (PILOT, say("Condition"), say("Due"), say("What became of it"), say("On"))
        rows = [
            (each.pilot, each.text, self._day(each.due_on), self._word(CONDITIONS[each.status]),
             self._day(each.closed_on) or NOTHING)
            for each in report.conditions
        ]  # fmt: skip
        return self._table(say("Conditions"), columns, rows)

    def _waivers(self, report: YearlyReport) -> Table:
        asks = {
            (row.pilot, waiver.gate): waiver.asks
            for row in self.register.rows
            for made in row.decisions
            for waiver in made.waivers
        }
        rows = [
            (each.pilot, self._gate(each.gate, asks.get((each.pilot, each.gate))), each.reason,
             self._day(each.ends_on))
            for each in report.waivers
        ]  # fmt: skip
        columns = (PILOT, say("Gate"), say("Reason"), say("Until"))
        return self._table(say("Gates that did not pass and are accepted"), columns, rows)

    def _approvals(self, report: YearlyReport) -> Table:
        rows = [
            (each.pilot, self._day(each.decided_on), self._day(each.ends_on)) for each in report.approvals
        ]
        columns = (PILOT, say("Decided on"), say("Last day"))
        return self._table(say("Approvals in force, the first to end at the top"), columns, rows)

    def _endings(self, report: YearlyReport) -> Table:
        rows = [
            (each.pilot, self._day(each.ended_on), self._word(ENDINGS[each.how])) for each in report.endings
        ]
        return self._table(say("Approvals that ended"), (PILOT, say("On"), say("Why")), rows)

    def _objections(self, report: YearlyReport) -> Table:
        answers = {True: say("Upheld"), False: say("Not upheld"), None: say("Not answered yet")}
        rows = [
            (each.pilot, each.objection, self._day(each.received_on), self._day(each.answered_on) or NOTHING,
             self._word(answers[each.is_upheld]))
            for each in report.objections
        ]  # fmt: skip
        columns = (PILOT, say("Objection"), say("Received"), say("Answered"), say("Answer"))
        return self._table(say("Objections of residents"), columns, rows)

    def _row(self, row: RegisterRow) -> tuple[Cell, ...]:
        link = Markup('<a href="{}/index.html">{}</a>').format(row.pilot, self.teller.text(row.title))
        open_gates = str(row.gates_failed + row.gates_unknown)
        until = self._day(row.holds_until) or NOTHING
        return link, self._word(STATES[row.state]), until, row.level or NOTHING, open_gates

    def _pilot_link(self, pilot: str) -> Markup:
        """The pilot's title, leading to its page; its name where it has none."""
        for row in self.register.rows:
            if row.pilot == pilot:
                title = self.teller.text(row.title)
                return Markup('<a href="../{}/index.html">{}</a>').format(pilot, title)
        return Markup("{}").format(pilot)

    def _decision(self, made: PublicDecision) -> View:
        votes = Counter(vote.verdict for vote in made.votes)
        return {
            "asks": self._word(QUESTIONS[made.question]),
            "verdict": self._word(VERDICTS[made.verdict]),
            "on": self._day(made.decided_on),
            "until": self._day(made.expires_on),
            "counts": self._counts(votes),
            "votes": [(self._word(VERDICTS[vote.verdict]), vote) for vote in made.votes],
            "conditions": [
                (each, self._word(ROLES[each.owner]), self._day(each.due_on)) for each in made.conditions
            ],
            "waivers": [
                (self._gate(each.gate, each.asks), each, self._day(each.ends_on)) for each in made.waivers
            ],
            "decision": made,
        }  # fmt: skip

    def _gate(self, gate: str, asks: Text | None) -> str:
        """What the gate asks; its name where the policy is not at hand."""
        return gate if asks is None else self.teller.text(asks)

    def _withheld(self, each: Withheld) -> tuple[str, str, str]:
        """What, why, and the names of the fields that it touches."""
        fields = shipped_crosswalk().fields
        touched = [f"{self.teller.text(fields[name].name)} ({name})" for name in each.fields]
        return self._word(WITHHELD[each.what]), self._word(REASONS[each.why]), ", ".join(touched)

    def _counts(self, votes: Mapping[Ballot, int]) -> str:
        return ", ".join(f"{self._word(VERDICTS[ballot])}: {count}" for ballot, count in votes.items())

    def _table(self, caption: Message, columns: Iterable[Message], rows: Iterable[tuple[Cell, ...]]) -> Table:
        return Table(self.teller.sentence(caption), tuple(map(self._word, columns)), tuple(rows))

    def _word(self, message: Message) -> str:
        return self.teller.plain(message)

    def _day(self, day: date | None) -> str:
        return "" if day is None else written_date(day, self.teller.locale)

    def _links(self, path: str) -> View:
        return {"languages": LANGUAGES, "path": path, "publisher": self.register.publisher}
