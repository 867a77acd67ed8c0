"""The form in which an organisation answers the five questions."""

from __future__ import annotations

from wtforms import Field, Form, HiddenField
from wtforms.validators import StopValidation

from network.forms import AtMost, WordsField
from network.organisations.questions import HOW_MANY, LONGEST_ANSWER, QUESTIONS
from network.translation import _


def answered(_form: Form, field: Field) -> None:
    """Refuse an answer that is empty."""
    if not field.data:
        raise StopValidation(_("Answer this one too. “Not yet” is an answer, with a word on why."))


def _answer(number: int) -> WordsField:
    return WordsField(QUESTIONS[number - 1].asks, [answered, AtMost(LONGEST_ANSWER)])


class AnswersForm(Form):
    """Five answers, and which version was there when somebody began to write."""

    answer_1 = _answer(1)
    answer_2 = _answer(2)
    answer_3 = _answer(3)
    answer_4 = _answer(4)
    answer_5 = _answer(5)
    version = HiddenField()

    @property
    def fields(self) -> list[Field]:
        """Return the fields of the answers, in the order of the questions."""
        return [self[f"answer_{number}"] for number in range(1, HOW_MANY + 1)]

    @property
    def answers(self) -> list[str]:
        """Return the answers, in the order of the questions."""
        return [field.data or "" for field in self.fields]

    def begin_with(self, answers: list[str]) -> None:
        """Fill in what was answered before."""
        for field, words in zip(self.fields, answers, strict=True):
            field.data = words
