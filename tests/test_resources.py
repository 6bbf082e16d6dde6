"""The folders that travel with the package (the installed side is in `test_package.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import resources


def test_checkout_folders(project_root: Path) -> None:
    assert resources.ontology() == project_root / "ontology"
    assert resources.queries() == project_root / "queries"
    assert resources.examples() == project_root / "examples" / "records"


def test_packaged_folder_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kg" / "ontology").mkdir(parents=True)
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "kg")
    assert resources.ontology() == tmp_path / "kg" / "ontology"


def test_foreign_neighbour_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ontology").mkdir()
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "kg")
    with pytest.raises(resources.MissingResourceError, match="install kg anew"):
        resources.ontology()
