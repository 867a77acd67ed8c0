"""Every sentence of the house passes through here: `_()` is looked up when the sentence is read aloud."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext as ngettext

__all__ = ["_", "ngettext"]
