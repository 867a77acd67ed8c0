"""The form by which people of a conversation begin to look for terms."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import Form, HiddenField, RadioField, SelectMultipleField
from wtforms.validators import ValidationError

from network.engagements.queries.signers import Signer, Signers
from network.engagements.services.signing import MOST
from network.engagements.starting import LABELS, Start
from network.translation import _


def _starts() -> list[tuple[str, str]]:
    return [(each.value, str(words)) for each, words in LABELS.items()]


class BeginForm(Form):
    """Who signs, for whom the reader does, and which words to begin from."""

    who = SelectMultipleField(_("Who signs, besides you"), validate_choice=False)
    signs_for = RadioField(_("For whom you sign"), validate_choice=False, default="")
    start = RadioField(
        _("What to begin from"),
        choices=_starts,
        validate_choice=False,
        default=Start.FRACTIONAL.value,
    )
    submission = HiddenField()

    def offer(self, found: Signers) -> None:
        """Offer these people and organisations, and no others."""
        self.signers = {each.member.handle: each for each in found.others}
        self.organisations = {each.slug: each for each in found.organisations}
        self.who.choices = [(handle, said(each)) for handle, each in self.signers.items()]
        mine = [(slug, each.name) for slug, each in self.organisations.items()]
        self.signs_for.choices = [("", str(_("For yourself"))), *mine]

    def begin_with(self, found: Signers) -> None:
        """Tick everybody, unless they are more than terms can have; sign as the reader came."""
        if len(found.others) < MOST:
            self.who.data = [each.member.handle for each in found.others]
        behind = next((each.slug for each in found.organisations if each.id == found.behind), "")
        self.signs_for.data = behind

    def validate_who(self, field: SelectMultipleField) -> None:
        """Refuse nobody, and somebody who was not on offer."""
        chosen = set(field.data or ())
        if not chosen:
            raise ValidationError(_("Choose at least one other person."))
        if not chosen <= set(self.signers):
            raise ValidationError(_("Choose among these."))

    def validate_signs_for(self, field: RadioField) -> None:
        """Refuse an organisation that was not on offer."""
        if field.data and field.data not in self.organisations:
            raise ValidationError(_("Choose among these."))

    def validate_start(self, field: RadioField) -> None:
        """Refuse what was not on offer."""
        if field.data not in set(Start):
            raise ValidationError(_("Choose one of these."))

    @property
    def from_what(self) -> Start:
        """Return the template to begin from."""
        return Start(self.start.data)

    def signs(self, reader: int) -> Mapping[int, int | None]:
        """Return who signs, by id, each with the organisation that they sign for."""
        mine = self.organisations.get(self.signs_for.data or "")
        found: dict[int, int | None] = {reader: mine.id if mine else None}
        for handle in self.who.data or ():
            each = self.signers[handle]
            found[each.member.id] = each.signs_for.id if each.signs_for else None
        return found


def said(signer: Signer) -> str:
    """Return somebody as they would sign."""
    if signer.signs_for is None:
        return signer.member.name
    organisation = signer.signs_for.name
    return str(
        _("%(name)s, for %(organisation)s", name=signer.member.name, organisation=organisation)
    )
