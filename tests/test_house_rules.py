"""The five rules of the house, each as a function of a root, so that a planted violation can be shown to fail."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import trialkit
from tests.shipped import shipped
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
    ("validate",), ("intake", "simulate", "corrupt"), ("spec",), ("model", "methods"), ("locate", "errors", "words"),
)  # fmt: skip
OWNERS = {
    "pandera": "validate",
    "lifelines": "methods",
    "statsmodels": "methods",
    "click": "cli",
    "sqlalchemy": "store",
}


# ---- rule 1: content outside, code inside -------------------------------------------------------------------------


CODE = (".py", ".pyw", ".pyi", ".pyc", ".pyx", ".ipynb", ".so", ".sh", ".r", ".js", ".sas", ".exe", ".bat")


def code_in_content(root: Path) -> list[str]:
    """Files of code inside the content folders."""
    folders = [root / name for name in ("schemas", "analysis", "synthetic_data")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in CODE]
    return sorted(path.relative_to(root).as_posix() for path in files)


def study_words(study: Study) -> set[str]:
    """Every name that belongs to a study: its id, forms, fields, arms, data sets, analyses, populations."""
    words = {study.id, *study.forms, *study.datasets, *study.analyses, *study.populations, *study.arms}
    words |= {name for form in study.forms.values() for name in form.fields}
    words |= {name for dataset in study.datasets.values() for name in dataset.columns}
    return words


def study_values(study: Study) -> set[str]:
    """Every visit, and every code of a field, of more than three signs."""
    values = {visit for protocol in study.protocols.values() for visit in protocol.visits}
    values |= {code for form in study.forms.values() for field in form.fields.values() for code in field.codes}
    return {value for value in values if len(value) > 3}


ORDINARY = {
    # lower-case ids that are words of trialkit's own vocabulary or of plain English
    "subjects", "events", "consent", "populations", "scores", "disposition", "demographics", "dosing", "safety",
    "time_to_event", "efficacy", "exposure", "rescue",
    # the letters of a published formula
    "QT", "RR",
}  # fmt: skip


ORDINARY_VALUES: set[str] = set()


def names_in_code(package: Path, words: set[str]) -> list[str]:
    """Places in the package that name something of a study, as a whole word, case-sensitive."""
    return _hits(package, r"(?<!\w)(?:" + _any_of(words) + r")(?!\w)")


def values_in_code(package: Path, values: set[str]) -> list[str]:
    """Places in the package where a whole literal is a value of a study's data, case-sensitive."""
    return _hits(package, r"(?<=[\"'])(?:" + _any_of(values) + r")(?=[\"'])")


def _any_of(words: set[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _hits(package: Path, pattern: str) -> list[str]:
    """``file:line words`` for every match in a text file of the package."""
    compiled, found = re.compile(pattern), []
    for path in sorted(package.rglob("*")):
        if not path.is_file() or path.suffix == ".pyc" or "_study" in path.parts:
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            found += [f"{path.relative_to(package).as_posix()}:{number} {hit}" for hit in compiled.findall(line)]
    return found


def test_content_folders_hold_no_code() -> None:
    assert code_in_content(shipped_study()) == []
    assert code_in_content(PILOT) == []


def test_no_study_is_named_in_code() -> None:
    words = (study_words(shipped()) | study_words(load_study(PILOT))) - ORDINARY
    assert len(words) > 150
    assert names_in_code(PACKAGE, words) == []


def test_no_value_of_a_study_is_in_code() -> None:
    values = study_values(shipped()) | study_values(load_study(PILOT))
    assert len(values) > 50
    assert values_in_code(PACKAGE, values - ORDINARY_VALUES) == []


@pytest.mark.parametrize("name", ["rule.py", "rule.PYW", "rule.ipynb"])
def test_planted_code_in_content_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / name).write_text("x = 1\n")
    assert code_in_content(tmp_path) == [f"schemas/{name}"]


@pytest.mark.parametrize("line", ['if row["AVAL"] > 3:', "frame.AVAL", "(AVAL)", "# AVAL: the value"])
@pytest.mark.parametrize("name", ["a.py", "a.pyw", "page.j2", "note.md", "words.json", "settings.toml", "a.txt"])
def test_planted_name_in_code_is_found(tmp_path: Path, name: str, line: str) -> None:
    (tmp_path / name).write_text(f'"""Doc."""\n{line}\n')
    assert names_in_code(tmp_path, {"AVAL"}) == [f"{name}:2 AVAL"]
    assert names_in_code(tmp_path, {"VAL", "AVA"}) == []


@pytest.mark.parametrize("line", ['visit == "DAY 14"', "visits = ['DAY 14']"])
def test_planted_value_in_code_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.py").write_text(f'"""On DAY 14."""\n{line}\n')
    assert values_in_code(tmp_path, {"DAY 14", "DAY"}) == ["a.py:2 DAY 14"]


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
        elif isinstance(node, ast.Call) and _called(node) in (
            "import_module",
            "__import__",
            "find_spec",
            "importorskip",
        ):
            first = node.args[0] if node.args else None
            found += [str(first.value)] if isinstance(first, ast.Constant) else []
    return found


def _called(node: ast.Call) -> str:
    """The last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


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
        ("derive/a.py", "import importlib\nx = importlib.import_module('lifelines')"),
        ("derive/a.py", "from importlib import import_module\nx = import_module('lifelines.utils')"),
        ("derive/a.py", "x = __import__('lifelines')"),
        ("methods/a.py", "import importlib\nx = importlib.import_module('trialkit.model')"),
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
    "average",
    "percentile",
    "fmean",
    "stdev",
    "variance",
    "nanmean",
    "nanstd",
    "nanvar",
    "nanmedian",
    "nanpercentile",
    "nanquantile",
    "histogram",
    "value_counts",
    "crosstab",
    "rolling",
    "sem",
}


def computing(folder: Path) -> list[str]:
    """Calls in the report layer that would compute a statistic."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COMPUTING:
                found.append(f"{path.name}:{node.lineno} .{node.func.attr}()")
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("numpy", "pandas"):
                taken = [alias.name for alias in node.names if alias.name in COMPUTING]
                found += [f"{path.name}:{node.lineno} imports {name}" for name in taken]
        found += [f"{path.name} imports {m}" for m in imports_of(path) if m.split(".")[0] in ("scipy", "statistics")]
    return found


def test_the_report_computes_nothing() -> None:
    assert computing(PACKAGE / "report") == []


@pytest.mark.parametrize(
    "code",
    [
        "frame['x'].mean()",
        "np.average(x)",
        "np.percentile(x, 50)",
        "np.nanmean(x)",
        "from numpy import mean",
        "from numpy import median as middle",
        "import statistics",
        "from scipy.stats import norm",
        "import importlib; importlib.import_module('scipy.stats')",
    ],
)
def test_planted_statistic_in_the_report_is_found(tmp_path: Path, code: str) -> None:
    (tmp_path / "a.py").write_text(code + "\n")
    assert len(computing(tmp_path)) == 1


# ---- rule 4: what was approved never changes -----------------------------------------------------------------------


def test_every_protocol_of_the_shipped_study_is_locked() -> None:
    assert verify(shipped()) == ()
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
    """Registered methods whose grade is not "unproven" and whose evidence file holds no test."""
    graded = [m for m in METHODS.values() if m.evidence != "unproven"]
    return [m.name for m in graded if not asserting_tests(tests / f"test_{m.name}__{m.evidence}.py")]


def asserting_tests(path: Path) -> list[str]:
    """The test functions of a file that assert something, none if there is no file."""
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    return [
        f.name for f in functions if any(isinstance(n, (ast.Assert, ast.Call)) for s in f.body for n in ast.walk(s))
    ]


def test_every_method_has_the_evidence_it_claims() -> None:
    assert without_evidence(HERE / "evidence") == []


@pytest.mark.parametrize("text", [None, '"""Doc."""\n', "import pytest\n", "def test_it() -> None:\n    pass\n"])
def test_missing_evidence_is_found(tmp_path: Path, text: str | None) -> None:
    for method in METHODS.values() if text is not None else ():
        (tmp_path / f"test_{method.name}__{method.evidence}.py").write_text(text or "")
    assert set(without_evidence(tmp_path)) == {m.name for m in METHODS.values() if m.evidence != "unproven"}


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
        for node in _public(tree.body):
            if not ast.get_docstring(node):
                found.append(f"{path.relative_to(package).as_posix()}:{node.lineno} {node.name}")
    return found


Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _public(body: list[ast.stmt]) -> Iterator[Named]:
    """The public functions and classes of a body, and the public methods of those classes."""
    for node in body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body)


def test_everything_public_is_documented() -> None:
    assert without_docstring(PACKAGE) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f():\n    return 1\n", "a.py:2 f"),
        ("async def f():\n    return 1\n", "a.py:2 f"),
        ("class C:\n    x = 1\n", "a.py:2 C"),
        ('class C:\n    """Doc."""\n    def f(self):\n        return 1\n', "a.py:4 f"),
        ('class C:\n    """Doc."""\n    @property\n    def f(self):\n        return 1\n', "a.py:5 f"),
    ],
)
def test_missing_docstring_is_found(tmp_path: Path, code: str, found: str) -> None:
    (tmp_path / "a.py").write_text('"""Doc."""\n' + code)
    assert without_docstring(tmp_path) == [found]


def test_private_and_special_methods_need_no_docstring(tmp_path: Path) -> None:
    code = 'class C:\n    """Doc."""\n    def __len__(self):\n        return 1\n    def _f(self):\n        return 1\n'
    (tmp_path / "a.py").write_text('"""Doc."""\n' + code)
    assert without_docstring(tmp_path) == []
