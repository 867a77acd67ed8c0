"""What a browser would send of the form on a page, and its buttons in their order."""

from __future__ import annotations

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []
        self.order: list[str] = []
        self.focused = ""
        self._inside = False
        self._open = ""

    def handle_starttag(self, tag, attrs):
        it = dict(attrs)
        if tag == "form":
            self._inside = it.get("class") == "page-form"
        if not self._inside:
            return
        name = it.get("name") or ""
        if tag in {"input", "select", "textarea"} and it.get("type") != "hidden":
            self.order.append(name)
        if "autofocus" in it:
            self.focused = it.get("value", "") if tag == "button" else name
        if tag == "input":
            self.fields[name] = it.get("value") or ""
        elif tag == "button":
            self.buttons.append((name, it.get("value") or ""))
        elif tag in {"select", "textarea"}:
            self.fields[name], self._open = "", name if tag == "textarea" else ""
            self._select = name
        elif tag == "option" and ("selected" in it or self._select not in self.fields):
            self.fields[self._select] = it.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self.fields[self._open] = self.fields[self._open].removeprefix("\n")
            self._open = ""

    def handle_data(self, data):
        if self._inside and self._open:
            self.fields[self._open] += data


def read(page: str) -> _Form:
    """Return the form on a page, read."""
    form = _Form()
    form.feed(page)
    form.fields.pop("csrf_token", None)
    return form


def typed(page: str) -> dict[str, str]:
    """Return what the form on a page would send, but for its token."""
    return read(page).fields
