"""What all forms share: text is cleaned as it comes in, and an error can be put at a field."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import ValidationError

from network.errors import Invalid
from network.text import clean, clean_line

# As many digits as every database takes for an integer.
LONGEST_NUMBER = 9


class LineField(StringField):
    """One line of text, without what cannot be seen."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value that was sent."""
        self.data = clean_line(valuelist[0]) if valuelist else ""


class WordsField(TextAreaField):
    """A person's own words, in as many lines as they like."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value that was sent."""
        self.data = clean(valuelist[0]) if valuelist else ""


class AtMost:
    """Refuse more than so many letters, and say how many there are."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, _form: Form, field: StringField) -> None:
        """Check one field."""
        length = len(field.data or "")
        if length > self.most:
            message = field.ngettext(
                "This has %(n)s letters; %(most)s is the most.",
                "This has %(n)s letters; %(most)s is the most.",
                length,
            ) % {"n": length, "most": self.most}
            raise ValidationError(message)


def number(text: str | None) -> int | None:
    """Return a number of an address or a form, or None where there is none."""
    plain = text or ""
    is_number = plain.isascii() and plain.isdecimal() and len(plain) <= LONGEST_NUMBER
    return int(plain) if is_number else None


def sent(kind: type[Form], **values: Any) -> Any:  # noqa: ANN401  # a form of that kind
    """Return the form, filled with what was posted, or with `values` when it is first shown."""
    return kind(request.form if request.method == "POST" else None, **values)


def take(form: Any, refusal: Invalid) -> None:  # noqa: ANN401
    """Put a refusal of a service at the field it names, or at the top of the form."""
    if refusal.field and refusal.field in form:
        form[refusal.field].errors = [*form[refusal.field].errors, refusal.sentence]
    else:
        form.form_errors.append(refusal.sentence)
