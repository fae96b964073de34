"""What the repository promises about itself: names, versions, commands, imports, tracked files."""

from __future__ import annotations

import ast
import graphlib
import importlib.metadata
import importlib.resources
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import patchviz

from .source import parsed

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "patchviz"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def public_names() -> set[str]:
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    return {alias.asname for node in stub.body if isinstance(node, ast.ImportFrom)
            for alias in node.names if alias.asname}  # fmt: skip


def modules() -> dict[str, list[Path]]:
    """The files of every module of the package; a folder of files is one module."""
    found = {path.stem: [path] for path in PACKAGE.glob("*.py")}
    found |= {path.parent.name: list(path.parent.glob("*.py")) for path in PACKAGE.glob("*/*.py")}
    return {name: files for name, files in found.items() if not name.startswith("__")}


def imports_of(file: Path) -> set[str]:
    """Names of the modules that a file imports anywhere: top-level ones, or those of patchviz."""
    package = file.relative_to(ROOT).parent.parts
    found = set()
    for node in parsed(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            within = package[: len(package) - node.level + 1] if node.level else ()
            ends = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {".".join([*within, end]) for end in ends}
    return {name.removeprefix("patchviz.").split(".")[0] for name in found}


def floors() -> dict[str, int]:
    """The floor of every module, 0 at the top, as the table in CONTRIBUTING.md lists them."""
    rows = re.search(r"\| floor \|.*\n\|.*\n((?:\|.*\n)+)", read("CONTRIBUTING.md"))
    assert rows, "CONTRIBUTING.md has no table of floors"
    return {
        name: floor
        for floor, row in enumerate(rows[1].splitlines())
        for name in re.findall(r"`(\w+)(?:\.py|/)`", row.split("|")[2].replace("`static/`", ""))
    }


def test_one_version() -> None:
    assert importlib.metadata.version("patchviz-audio") == patchviz.__version__
    newest = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == patchviz.__version__
    assert f"\nversion: {patchviz.__version__}\n" in read("CITATION.cff")


def test_public_names_are_those_of_the_stub() -> None:
    assert set(patchviz.__all__) == public_names()
    for name in patchviz.__all__:
        assert getattr(patchviz, name).__name__ == name


def test_reference_lists_every_public_name() -> None:
    listed = re.findall(r"^   (\w+)$", read("docs/api/index.md"), re.MULTILINE)
    assert sorted(listed) == sorted(public_names())


def test_import_is_light_and_a_module_does_not_hide_the_function_of_its_name() -> None:
    heavy = ["IPython", "anywidget", "ipywidgets", "librosa", "matplotlib.pyplot", "narwhals",
             "numba", "pandas", "scipy", "soundfile"]  # fmt: skip
    code = (
        f"import sys, patchviz; print([name for name in {heavy} if name in sys.modules]);"
        "import patchviz.web.player; print(callable(patchviz.player))"
    )
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert said.split("\n")[:2] == ["[]", "True"]


@pytest.mark.parametrize("name", ["py.typed", "__init__.pyi", "data/sonnet1.ogg"])
def test_package_data_is_installed(name: str) -> None:
    assert importlib.resources.files("patchviz").joinpath(name).is_file()


def test_every_module_has_a_floor() -> None:
    assert set(modules()) == set(floors())


def test_few_files_stand_outside_of_the_rooms() -> None:
    assert len([path for path in PACKAGE.iterdir() if path.is_file()]) <= 8


def imported_when_run(file: Path) -> set[str]:
    """The modules of patchviz that a file imports, early or late, but for its annotations."""
    own = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    package = file.relative_to(ROOT).parent.parts
    for_types = {
        id(inside)
        for node in parsed(file)
        if isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
        for inside in node.body
    }
    found = set()
    for node in parsed(file):
        if isinstance(node, ast.ImportFrom) and node.level and id(node) not in for_types:
            within = [*package[: len(package) - node.level + 1], *filter(None, [node.module])]
            for path in (".".join([*within, alias.name]) for alias in node.names):
                parts = path.split(".")
                name = path if (ROOT / "/".join(parts)).with_suffix(".py").exists() else None
                found.add(name or ".".join(within))
    return found - {own, "patchviz"}


@pytest.mark.slow
def test_every_file_and_function_fits_in_the_head() -> None:
    long_files, long_functions = [], []
    for file in PACKAGE.rglob("*"):
        if file.suffix not in {".py", ".js", ".css"}:
            continue
        if file.read_text(encoding="utf-8").count("\n") > 500:
            long_files.append(file.relative_to(ROOT))
        for node in parsed(file) if file.suffix == ".py" else ():
            if isinstance(node, ast.FunctionDef):
                docstring = ast.get_docstring(node, clean=False) or ""
                if node.end_lineno - node.lineno - docstring.count("\n") > 60:
                    long_functions.append(f"{file.relative_to(ROOT)}: {node.name}")
    assert (long_files, long_functions) == ([], [])


def test_the_house_names_every_file() -> None:
    rows = re.findall(r"^\| [a-z, ]+ \| (`.*?) \| (.*) \|$", read("CONTRIBUTING.md"), re.MULTILINE)
    named = {
        room.strip("/"): set(re.findall(r"`(\w+)`", what))
        for rooms, what in rows
        for room in re.findall(r"`(\w+/)`", rooms)
    }
    assert len(named) > 10
    files = [file for file in PACKAGE.rglob("*") if file.suffix in (".py", ".js")]
    assert [
        str(file.relative_to(PACKAGE))
        for file in files
        if file.parent != PACKAGE and not file.stem.startswith("__")
        if file.stem not in named[file.relative_to(PACKAGE).parts[0]]
    ] == []


def test_where_to_change_names_files_that_are_there() -> None:
    text = read("CONTRIBUTING.md")
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|js|d\.ts|css))`", text)
    assert len(named) > 20
    missing = [name for name in named if not ((ROOT / name).exists() or (PACKAGE / name).exists())]
    assert not missing


@pytest.mark.slow
def test_no_circle_of_imports() -> None:
    graph = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts): imported_when_run(file)
        for file in PACKAGE.rglob("*.py")
        if file.parent != PACKAGE or not file.stem.startswith("__")
    }
    assert len(graph) > 40
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError


def test_imports_point_downward() -> None:
    floor_of = floors()
    upward = [
        f"{module} imports {name}"
        for module, files in modules().items()
        for file in files
        for name in imports_of(file)
        if floor_of.get(name, floor_of[module]) < floor_of[module]
    ]
    assert not upward


def test_only_features_knows_librosa() -> None:
    knowing = {
        module
        for module, files in modules().items()
        for file in files
        if "librosa" in imports_of(file)
    }
    assert knowing == {"features"}


@pytest.mark.slow
def test_tests_that_import_librosa_share_a_process() -> None:
    """Compiling it takes half a minute, and two processes at it may crash each other."""
    listed = set(re.findall(r'^    "(tests/[^"]+)"', read("conftest.py"), re.MULTILINE))
    using = [
        file.relative_to(ROOT)
        for file in (ROOT / "tests").rglob("test_*.py")
        if "librosa" in file.read_text("utf-8") and "librosa" in imports_of(file)
    ]
    assert len(using) > 5
    assert not [file for file in using if not listed & {file.as_posix(), file.parent.as_posix()}]


def test_readme_commands_are_the_ones_that_are_checked() -> None:
    commands = re.findall(
        r"^python3 -m venv .* \.venv/bin/(\w+).*$", read("README.md"), re.MULTILINE
    )
    assert commands == ["patchviz", "pytest"]
    checked = re.findall(r"^    readme (\w+)$", read(".ci/run"), re.MULTILINE)
    assert {*checked} == {*commands}


def test_every_step_is_a_job_and_explained() -> None:
    steps = set(re.findall(r"^step_(\w+)\(\)", read(".ci/run"), re.MULTILINE))
    (jobs,) = re.findall(
        r"^        step: \[(.*)\]$", read(".github/workflows/ci.yml"), re.MULTILINE
    )
    assert {*jobs.split(", "), "soak"} == steps
    table = "\n".join(re.findall(r"^\| (`.*?) \|", read("CONTRIBUTING.md"), re.MULTILINE))
    assert steps <= set(re.findall(r"`(\w+)`", table))


@pytest.mark.slow
def test_every_mutant_can_be_made() -> None:
    command = [sys.executable, str(ROOT / "tests/mutants"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_dependency_has_a_lower_bound() -> None:
    dependencies = re.search(r"^dependencies = \[\n(.*?)^\]", read("pyproject.toml"), re.M | re.S)
    assert dependencies is not None
    for line in dependencies[1].splitlines():
        assert re.fullmatch(r' *"[\w-]+>=[\d.]+",', line)


def tracked() -> list[str]:
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("no checkout")
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    return names.removesuffix("\0").split("\0")


def test_what_was_tried_out_is_not_tracked() -> None:
    """Sound and pages that somebody made beside the project; one clip is shipped."""
    made = re.compile(r"\.(wav|ogg|flac|mp3|m4a|mp4|html)$", re.IGNORECASE)
    assert [name for name in tracked() if made.search(name)] == ["patchviz/data/sonnet1.ogg"]


@pytest.mark.slow
def test_tracked_files_name_no_machine_and_no_registry() -> None:
    forbidden = re.compile(
        r"(?<![\w.])/(home|root|work|Users)/"  # a machine's own folders
        r"|pythonhosted\.|\bpypi\.|registry\.npm"
        r"|pip install patchviz\b(?!-)"  # somebody else's project
    )
    found = []
    for name in tracked():
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # sound and pictures
        found += [f"{name}: {match[0]}" for match in forbidden.finditer(text)]
    assert not found
