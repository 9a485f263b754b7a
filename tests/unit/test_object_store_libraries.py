"""What is used of s3fs, gcsfs and adlfs: public members, and one private member of gcsfs."""

import ast
import inspect
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import fingerpost
from fingerpost.adapters.object_stores.providers import PROVIDERS

ROOT = Path(__file__).parents[2]
SOURCE = Path(fingerpost.__file__).parent / "adapters"
FOLDERS = ("object_stores", "references", "content/objects")

# Library of each provider, and the private members that are used of it.
PRIVATE = {"s3fs": set(), "gcsfs": {"_set_session"}, "adlfs": set()}
LIBRARIES = {"s3": "s3fs", "gcs": "gcsfs", "azure": "adlfs"}


def private_members_used():
    """Find attributes with a leading underscore of anything but the object or class itself."""
    for folder in FOLDERS:
        for path in (SOURCE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Attribute)
                    and node.attr.startswith("_")
                    and not node.attr.startswith("__")
                    and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
                    and node.attr != "_replace"  # public, of named tuples
                ):
                    yield path.relative_to(SOURCE).as_posix(), node.attr


def test_no_other_private_members_are_used():
    assert set(private_members_used()) == {("object_stores/gcs/requests.py", "_set_session")}


def test_gcsfs_makes_its_session_as_we_rely_on():
    from gcsfs.core import GCSFileSystem

    assert inspect.iscoroutinefunction(GCSFileSystem._set_session)
    assert list(inspect.signature(GCSFileSystem._set_session).parameters) == ["self"]
    source = inspect.getsource(GCSFileSystem._set_session)
    assert "return self._session" in source


def test_public_members_that_we_rely_on_are_there():
    from adlfs import AzureBlobFileSystem
    from gcsfs.core import GCSFileSystem
    from s3fs import S3FileSystem

    s3 = S3FileSystem(anon=True, skip_instance_cache=True)
    assert list(inspect.signature(s3.get_s3).parameters) == ["bucket"]
    assert inspect.iscoroutinefunction(s3.get_s3)
    assert inspect.iscoroutinefunction(s3.set_session)
    assert (s3.s3_additional_kwargs, s3.req_kw) == ({}, {})
    payer = S3FileSystem(anon=True, requester_pays=True, skip_instance_cache=True)
    assert payer.req_kw == {"RequestPayer": "requester"}

    gcs = GCSFileSystem(
        token="anon",
        project="p",
        requester_pays=True,
        skip_instance_cache=True,
        endpoint_url="http://h",
    )
    assert gcs.base == "http://h/storage/v1/"
    assert (gcs.requester_pays, gcs.project) == (True, "p")
    headers = {}
    gcs.credentials.apply(headers)
    assert headers == {}

    azure = AzureBlobFileSystem(account_name="acct", anon=True, skip_instance_cache=True)
    assert azure.service_client.account_name == "acct"


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.extra)
def test_the_extra_permits_the_tested_version_and_has_a_ceiling_where_private_members_are_used(
    provider,
):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (text,) = project["project"]["optional-dependencies"][provider.extra]
    required = Requirement(text)
    assert required.name == LIBRARIES[provider.extra]
    assert required.specifier.contains(version(required.name))
    has_ceiling = any(each.operator in {"<", "<=", "=="} for each in required.specifier)
    assert has_ceiling is bool(PRIVATE[required.name])
    if has_ceiling:
        # A year that nobody has seen yet is not permitted.
        assert not required.specifier.contains("2999.1")
        assert text in project["dependency-groups"]["dev"]
