"""Every sentence of the house passes through here: `_()` is looked up when the sentence is read
aloud.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask_babel import lazy_gettext, lazy_ngettext

# A sentence that is not looked up yet passes for text wherever text is wanted.
_ = cast("Callable[..., str]", lazy_gettext)
ngettext = cast("Callable[..., str]", lazy_ngettext)

__all__ = ["_", "ngettext"]
