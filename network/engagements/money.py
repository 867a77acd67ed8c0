"""Money: whole minor units and an ISO 4217 code, exact, added per currency and never converted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal

from babel import Locale
from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_group_symbol,
    is_currency,
    parse_decimal,
    parse_pattern,
)

from network.errors import Invalid
from network.translation import _

# Where a code stands for the sign, the languages' own patterns leave no room beside it.
LETTER_AND_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")
# What one can write, and what comes of adding up: as much as a database takes for a big integer.
MOST = 10**15
MOST_IN_ALL = 9_000 * MOST
# No amount takes more characters, and none of its digits is rounded away.
LONGEST = 60
EXACT = Context(prec=LONGEST + 4)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount: `minor` in the smallest unit of `currency` (cents, yen, fils)."""

    currency: str
    minor: int

    def __post_init__(self) -> None:
        if not is_code(self.currency):
            message = f"{self.currency!r} is no currency"
            raise ValueError(message)
        if not 0 <= self.minor <= MOST_IN_ALL:
            message = "an amount is at least nothing, and can be counted"
            raise ValueError(message)

    def said(self, locale: str = "en") -> str:
        """Return the amount as people of that language write it, its currency always with it."""
        places = get_currency_precision(self.currency)
        amount = Decimal(self.minor).scaleb(-places)
        pattern = parse_pattern(Locale.parse(locale).currency_formats["standard"].pattern)
        if amount == amount.to_integral_value():
            places, pattern.frac_prec = 0, (0, 0)
        said = format_currency(
            amount, self.currency, format=pattern, locale=locale, currency_digits=places > 0
        )
        return LETTER_AND_DIGIT.sub("\N{NO-BREAK SPACE}", said)

    def typed(self, locale: str = "en") -> str:
        """Return the amount alone, as one types it: `read` gives it back."""
        amount = Decimal(self.minor).scaleb(-get_currency_precision(self.currency))
        pattern = parse_pattern(Locale.parse(locale).decimal_formats[None].pattern)
        places = 0 if amount == amount.to_integral_value() else -int(amount.as_tuple().exponent)
        pattern.frac_prec = (places, places)
        return format_decimal(amount, format=pattern, locale=locale)


def is_code(currency: str) -> bool:
    """Whether this is the code of a currency (three capital letters)."""
    return currency.isascii() and currency.isupper() and is_currency(currency)


def read(text: str, currency: str, *, locale: str = "en", field: str = "") -> Money:
    """Return the amount that somebody wrote; raise `Invalid` in their words for what is none."""
    if not is_code(currency):
        raise Invalid(_("Choose the currency: three letters, as in EUR."), field=field)
    precision = get_currency_precision(currency)
    like = Money(currency, 3200 * 10**precision).typed(locale)
    unread = Invalid(
        _("“%(text)s” is not an amount. Write it like %(like)s.", text=text[:40], like=like),
        field=field,
    )
    try:
        amount = parse_decimal(_spaced(text[:LONGEST], locale), locale=locale, strict=True)
        minor = amount.scaleb(precision, context=EXACT)
    except (NumberFormatError, ArithmeticError) as error:
        raise unread from error
    if len(text) > LONGEST or not minor.is_finite() or minor < 0 or minor > MOST:
        raise unread
    if _is_grouped_elsewhere(minor):
        raise unread
    if minor != minor.to_integral_value():
        raise Invalid(
            _("%(currency)s has no unit as small as that.", currency=currency), field=field
        )
    return Money(currency, int(minor))


def _is_grouped_elsewhere(minor: Decimal) -> bool:
    """Whether there is a nought too many for the unit: “3.200” is three thousand in another
    language, and nobody agrees to three.
    """
    exponent = minor.as_tuple().exponent
    return isinstance(exponent, int) and exponent < 0 and minor == minor.to_integral_value()


def _spaced(text: str, locale: str) -> str:
    """Return an amount with the spaces of its language: on a keyboard there is only one."""
    group = get_group_symbol(locale)
    return group.join(text.split()) if group.isspace() else text.strip()


def totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Return the sum in each currency, by its code."""
    sums: dict[str, int] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, 0) + each.minor
    return tuple(Money(currency, minor) for currency, minor in sorted(sums.items()))


def shares(whole: Money, weights: Iterable[int]) -> tuple[Money, ...]:
    """Return parts of an amount by weight that add up to it exactly: what cannot be parted goes to
    the largest remainders, the first of equals first.

    Raises `ValueError` where no weight is above nothing.
    """
    given = list(weights)
    total = sum(given)
    if total <= 0 or min(given) < 0:
        message = "somebody must have a share, and nobody less than nothing"
        raise ValueError(message)
    parts = [divmod(whole.minor * weight, total) for weight in given]
    left = whole.minor - sum(part for part, _rest in parts)
    by_rest = sorted(range(len(parts)), key=lambda n: (-parts[n][1], n))
    more = set(by_rest[:left])
    return tuple(Money(whole.currency, part + (n in more)) for n, (part, _rest) in enumerate(parts))
