"""The five rules of the house, each as a function of a root, so that a planted violation can be shown to fail."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import trialkit
from trialkit.errors import SnapshotError
from trialkit.locate import shipped_study
from trialkit.methods import METHODS
from trialkit.model.study import Study
from trialkit.spec import load_study
from trialkit.spec.lock import locked, verify

HERE = Path(__file__).resolve().parent
PACKAGE = Path(trialkit.__file__).resolve().parent
PILOT = HERE / "acceptance" / "cdisc_pilot"
LAYERS = (
    ("__main__",), ("cli",), ("pipeline",), ("report", "export"), ("analyze",), ("derive",), ("queries",), ("store",),
    ("validate",), ("intake", "simulate", "corrupt"), ("spec",), ("model", "methods"), ("locate", "errors"),
)  # fmt: skip
OWNERS = {
    "pandera": "validate",
    "lifelines": "methods",
    "statsmodels": "methods",
    "click": "cli",
    "sqlalchemy": "store",
}


# ---- rule 1: content outside, code inside -------------------------------------------------------------------------


def code_in_content(root: Path) -> list[str]:
    """Python files inside the content folders."""
    folders = [root / name for name in ("schemas", "analysis", "synthetic_data")]
    return [p.relative_to(root).as_posix() for folder in folders for p in folder.rglob("*.py")]


def study_words(study: Study) -> set[str]:
    """Every name that belongs to a study: its id, forms, fields, arms, data sets, analyses, populations."""
    words = {study.id, *study.forms, *study.datasets, *study.analyses, *study.populations, *study.arms}
    words |= {name for form in study.forms.values() for name in form.fields}
    words |= {name for dataset in study.datasets.values() for name in dataset.columns}
    return words


ORDINARY = {
    # lower-case ids that are words of trialkit's own vocabulary or of plain English
    "subjects", "events", "consent", "populations", "scores", "disposition", "demographics", "dosing", "safety",
    "time_to_event", "efficacy", "exposure", "rescue",
}  # fmt: skip


def names_in_code(package: Path, words: set[str]) -> list[str]:
    """Places in the package that name something of a study, as a whole word, case-sensitive."""
    pattern = re.compile(r"(?<![\w.])(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")(?!\w)")
    found = []
    for path in sorted(package.rglob("*")):
        if path.suffix not in (".py", ".j2", ".css", ".js") or "_study" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for hit in pattern.findall(line):
                found.append(f"{path.relative_to(package).as_posix()}:{number} {hit}")
    return found


def test_content_folders_hold_no_code() -> None:
    assert code_in_content(shipped_study()) == []
    assert code_in_content(PILOT) == []


def test_no_study_is_named_in_code() -> None:
    words = (study_words(load_study(shipped_study())) | study_words(load_study(PILOT))) - ORDINARY
    assert len(words) > 150
    assert names_in_code(PACKAGE, words) == []


def test_planted_code_in_content_is_found(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "rule.py").write_text("x = 1\n")
    assert code_in_content(tmp_path) == ["schemas/rule.py"]


def test_planted_name_in_code_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""Doc."""\nif row["AVAL"] > 3:\n    pass\n')
    assert names_in_code(tmp_path, {"AVAL"}) == ["a.py:2 AVAL"]


# ---- rule 2: imports go one way -----------------------------------------------------------------------------------


def imports_of(path: Path) -> list[str]:
    """Every module a file imports, at any depth of its code."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names if node.module == "trialkit"]
    return found


def wrong_imports(package: Path) -> list[str]:
    """Imports that go up or sideways, or of a library that another layer owns."""
    level = {name: i for i, names in enumerate(LAYERS) for name in names}
    found = []
    for path in sorted(package.rglob("*.py")):
        layer = path.relative_to(package).parts[0].removesuffix(".py")
        if layer in ("__init__", "_study"):
            continue
        for module in imports_of(path):
            top, *rest = module.split(".")
            other = rest[0] if top == "trialkit" and rest else ""
            up = other in level and other != layer and level[other] <= level[layer]
            owned = top in OWNERS and OWNERS[top] != layer
            if up or owned:
                found.append(f"{path.relative_to(package).as_posix()} imports {module}")
    return found


def test_every_module_has_a_layer() -> None:
    known = {name for names in LAYERS for name in names} | {"__init__", "_study", "py"}
    there = {p.name.removesuffix(".py") for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert there <= known


def test_imports_go_down_only() -> None:
    assert wrong_imports(PACKAGE) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("model/a.py", "from trialkit.spec import build"),
        ("intake/a.py", "def f():\n    from trialkit.simulate import run"),
        ("derive/a.py", "import lifelines"),
        ("report/a.py", "import pandera.pandas as pa"),
        ("methods/a.py", "from trialkit.model import Form"),
    ],
)
def test_planted_import_is_found(tmp_path: Path, file: str, line: str) -> None:
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_text(line + "\n")
    assert len(wrong_imports(tmp_path)) == 1


def loaded_by(code: str) -> set[str]:
    """Top-level modules in sys.modules after running code in a fresh interpreter."""
    program = f"import sys\n{code}\nprint('\\n'.join({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


HEAVY = {"pandas", "pandera", "lifelines", "statsmodels", "sqlalchemy", "matplotlib", "scipy", "pyarrow", "numpy"}


def test_help_loads_nothing_heavy() -> None:
    code = "from trialkit.cli.main import run\nassert run(['--help']) == 0"
    assert loaded_by(code) & HEAVY == set()


def test_validate_loads_no_statistics(tmp_path: Path) -> None:
    uploads = shipped_study() / "synthetic_data" / "uploads"
    arguments = ["validate", uploads, "--study", shipped_study(), "--store", tmp_path / "none"]
    code = f"from trialkit.cli.main import run\nassert run({[str(a) for a in arguments]!r}) == 0"
    loaded = loaded_by(code)
    assert "pandas" in loaded
    assert loaded & {"lifelines", "statsmodels", "matplotlib"} == set()


# ---- rule 3: three currencies: reports compute nothing -------------------------------------------------------------

COMPUTING = {
    "mean",
    "std",
    "var",
    "median",
    "quantile",
    "groupby",
    "agg",
    "corr",
    "cov",
    "fit",
    "pivot_table",
    "describe",
}


def computing(folder: Path) -> list[str]:
    """Calls in the report layer that would compute a statistic."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if called and node.func.attr in COMPUTING:  # type: ignore[attr-defined]
                found.append(f"{path.name}:{node.lineno} .{node.func.attr}()")  # type: ignore[attr-defined]
        found += [f"{path.name} imports {m}" for m in imports_of(path) if m.split(".")[0] in ("scipy", "statistics")]
    return found


def test_the_report_computes_nothing() -> None:
    assert computing(PACKAGE / "report") == []


def test_planted_statistic_in_the_report_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(frame):\n    return frame['x'].mean()\n")
    assert computing(tmp_path) == ["a.py:2 .mean()"]


# ---- rule 4: what was approved never changes -----------------------------------------------------------------------


def test_every_protocol_of_the_shipped_study_is_locked() -> None:
    assert verify(load_study(shipped_study())) == ()
    assert locked(shipped_study())


def test_changed_protocol_is_found(tmp_path: Path) -> None:
    for name in ("schemas", "analysis"):
        shutil.copytree(shipped_study() / name, tmp_path / name)
    path = tmp_path / "schemas" / "protocols" / "v1.0.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("late: 5", "late: 6"), encoding="utf-8")
    with pytest.raises(SnapshotError, match="changed after it was locked"):
        verify(load_study(tmp_path))


# ---- rule 5: no number without outside evidence --------------------------------------------------------------------


def without_evidence(tests: Path) -> list[str]:
    """Registered methods whose grade is not "unproven" and whose evidence test does not exist."""
    graded = [m for m in METHODS.values() if m.evidence != "unproven"]
    return [m.name for m in graded if not (tests / f"test_{m.name}__{m.evidence}.py").is_file()]


def test_every_method_has_the_evidence_it_claims() -> None:
    assert without_evidence(HERE / "evidence") == []


def test_missing_evidence_is_found(tmp_path: Path) -> None:
    assert set(without_evidence(tmp_path)) == set(METHODS)


# ---- what else a test can tell ------------------------------------------------------------------------------------


def without_docstring(package: Path) -> list[str]:
    """Public modules, classes and functions without a docstring."""
    found = []
    for path in sorted(package.rglob("*.py")):
        if "_study" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree):
            found.append(path.relative_to(package).as_posix())
        for node in tree.body:
            named = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
            if named and not ast.get_docstring(node):  # type: ignore[arg-type]
                found.append(f"{path.relative_to(package).as_posix()}:{node.lineno} {node.name}")  # type: ignore[attr-defined]
    return found


def test_everything_public_is_documented() -> None:
    assert without_docstring(PACKAGE) == []


def test_missing_docstring_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""Doc."""\ndef f():\n    return 1\n')
    assert without_docstring(tmp_path) == ["a.py:2 f"]
