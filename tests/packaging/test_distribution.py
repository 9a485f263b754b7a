"""What is shipped is what is in the tree, and importing it does nothing else."""

import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "fingerpost"
LINKS = ("domain", "application", "adapters")
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))

# Runs in an interpreter of its own, and reports what an import did beside importing.
PROBE = """
import json, os, sys

effects = []
environ_read = type(os.environ).__getitem__

def watch(event, args):
    if event == "open" and (args[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        effects.append(f"open for writing {args[0]!r}")
    elif event.split(".")[0] in {"socket", "sqlite3", "subprocess"} or event in {
        "os.mkdir", "os.remove", "os.rename", "os.system", "os.fork", "os.exec", "os.posix_spawn",
    }:
        effects.append(event)

def read(environ, name):
    if str(name).upper().startswith("FINGERPOST"):
        effects.append(f"environment variable {name}")
    return environ_read(environ, name)

type(os.environ).__getitem__ = read
sys.addaudithook(watch)
import fingerpost
found = {"effects": list(effects), "modules": sorted(sys.modules)}
print(json.dumps(found))
"""

# One worker builds for all tests of this module.
pytestmark = pytest.mark.xdist_group("distribution")


def run_python(*arguments: str) -> str:
    process = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    arguments = ["--no-isolation", "--wheel", "--sdist", "--outdir", str(folder), str(ROOT)]
    run_python("-m", "build", *arguments)
    return folder


@pytest.fixture(scope="module")
def wheel_names(built):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def sdist_members(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {
            PurePosixPath(*PurePosixPath(member.name).parts[1:]).as_posix(): member
            for member in archive.getmembers()
            if not member.isdir()
        }


@pytest.fixture(scope="module")
def probe():
    return json.loads(run_python("-B", "-c", PROBE))


def test_wheel_holds_exactly_the_package(wheel_names):
    shipped = {name for name in wheel_names if ".dist-info/" not in name}

    assert shipped == {f"fingerpost/{name}" for name in files_below(PACKAGE)}
    assert all(any(name.startswith(f"fingerpost/{link}/") for name in shipped) for link in LINKS)


def test_wheel_is_marked_as_typed(wheel_names):
    assert "fingerpost/py.typed" in wheel_names


def test_wheel_carries_the_license(wheel_names):
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel_names)


def test_sdist_holds_the_package_whole(sdist_members):
    prefix = "src/fingerpost/"
    shipped = {name.removeprefix(prefix) for name in sdist_members if name.startswith(prefix)}

    assert shipped == files_below(PACKAGE)


@pytest.mark.parametrize("folder", ["docs", "requirements", "tests"])
def test_sdist_holds_the_folder(sdist_members, folder):
    shipped = {name for name in sdist_members if name.startswith(f"{folder}/")}
    expected = {f"{folder}/{name}" for name in files_below(ROOT / folder)}

    assert shipped == {name for name in expected if not name.startswith("docs/_build/")}


def test_sdist_has_nothing_unexpected_at_its_top(sdist_members):
    assert {name.split("/")[0] for name in sdist_members} == {
        ".gitignore",  # hatchling adds it, so that a wheel made from the sdist leaves out the same
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "PKG-INFO",
        "README.md",
        "benchmarks",
        "changelog.d",
        "docs",
        "fuzz",
        "pyproject.toml",
        "requirements",
        "src",
        "tests",
    }


def test_sdist_holds_no_links(sdist_members):
    assert [name for name, member in sdist_members.items() if not member.isreg()] == []


def test_there_is_a_lock_for_each_way_to_install():
    assert [path.name for path in LOCKS] == ["build.txt", "dev.txt", "runtime.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_names_no_host(lock):
    text = lock.read_text(encoding="utf-8")

    assert re.findall(r"\w+://\S*|^\s*-(?!-hash=)\S+|@\s*\S*[:/]\S*", text, re.MULTILINE) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_pins_each_requirement_with_hashes(lock):
    logical_lines = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    requirements = [line for line in logical_lines if line.strip() and line.lstrip()[0] != "#"]
    pinned = re.compile(r"[a-z0-9-]+==\S+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")

    assert requirements
    assert [line for line in requirements if not pinned.fullmatch(line)] == []


def test_locks_agree_with_each_other():
    pins = {
        path.name: set(re.findall(r"^\w[^\\\n]*==[^\\\n]*", path.read_text("utf-8"), re.MULTILINE))
        for path in LOCKS
    }

    assert {pin.strip() for pin in pins["runtime.txt"] | pins["build.txt"]} <= {
        pin.strip() for pin in pins["dev.txt"]
    }


def test_import_loads_no_cloud_sdk_and_no_terminal(probe):
    heavy = {
        "adlfs",
        "aiobotocore",
        "aiohttp",
        "azure",
        "boto3",
        "botocore",
        "click",
        "gcsfs",
        "google",
        "hypothesis",
        "obstore",
        "psycopg",
        "pytest",
        "rich",
        "s3fs",
    }

    assert {name.split(".")[0] for name in probe["modules"]} & heavy == set()


def test_import_has_no_side_effects(probe):
    assert probe["effects"] == []


def test_architecture_contract_names_every_part_of_the_package():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (layers,) = (contract for contract in contracts if contract["id"] == "layers")
    siblings = (name for layer in layers["layers"] for name in layer.split(" | "))
    named = {name.strip("()") for name in siblings} | set(layers["exhaustive_ignores"])
    parts = {
        path.stem
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }

    assert layers["exhaustive"] is True
    assert parts - {"__init__"} <= named


def test_circles_that_the_contract_permits_are_for_type_checkers_alone():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (circles,) = (contract for contract in contracts if contract["id"] == "no-circles")
    permitted = [edge.split(" -> ") for edge in circles["ignore_imports"]]
    graph = grimp.build_graph("fingerpost", exclude_type_checking_imports=True, cache_dir=None)

    assert permitted
    assert [
        edge for edge in permitted if graph.direct_import_exists(importer=edge[0], imported=edge[1])
    ] == []
    assert graph.nominate_cycle_breakers("fingerpost.sdk") == set()


def test_architecture_contracts_are_kept():
    command = "from importlinter.cli import lint_imports_command as lint; lint()"

    assert "0 broken" in run_python("-c", command, "--no-logo", "--no-cache")
