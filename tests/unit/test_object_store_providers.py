"""The table of object-store providers."""

import inspect

import pytest

from fingerpost.adapters.content.objects import speaks_objects
from fingerpost.adapters.object_stores.client import ObjectClient
from fingerpost.adapters.object_stores.failures import RefusedError
from fingerpost.adapters.object_stores.providers import AZURE, GCS, PROVIDERS, S3, provider_of
from fingerpost.adapters.references import default_resolvers
from fingerpost.bootstrap.content_location import content_location

URIS = {"s3": "s3://b/k", "gcs": "gs://b/k", "azure": "https://a.blob.core.windows.net/c/k"}


class FileSystem:
    def __init__(self, protocol):
        self.protocol = protocol


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.extra)
def test_every_scheme_of_a_place_for_content_is_recorded_as_the_first_one(provider):
    for scheme in provider.schemes:
        assert content_location(f"{scheme}://b/p") == f"{provider.scheme}://b/p"
        assert provider_of(scheme) is provider
        assert speaks_objects(FileSystem(scheme))
        assert speaks_objects(FileSystem(("x", scheme)))


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.extra)
def test_the_url_that_people_are_shown_is_a_place_for_content(provider):
    assert content_location(provider.url_form) == provider.url_form


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.extra)
def test_every_provider_has_a_resolver_of_references(provider):
    resolver = default_resolvers().resolver_of(URIS[provider.extra])
    assert resolver.schemes == provider.reference_schemes


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.extra)
def test_every_client_has_the_whole_protocol(provider):
    wanted = [
        name
        for name, member in vars(ObjectClient).items()
        if inspect.isfunction(member) and not name.startswith("_")
    ]
    assert wanted
    for name in wanted:
        theirs = inspect.signature(getattr(provider.load().client, name)).parameters
        ours = inspect.signature(getattr(ObjectClient, name)).parameters
        assert list(theirs) == list(ours)


def test_other_file_systems_are_no_object_stores():
    assert not speaks_objects(FileSystem(("file", "local")))
    assert provider_of("sftp") is None


@pytest.mark.parametrize(
    ("provider", "code", "status", "reading", "storing"),
    [
        (S3, "NoSuchBucket", 404, "Check the bucket's name", "Create the bucket"),
        (S3, "301", 301, "AWS_DEFAULT_REGION", "AWS_DEFAULT_REGION"),
        (S3, "AccessDenied", 403, "what they may read", "s3:PutObject"),
        (GCS, "", 403, "Storage Object Viewer", "Storage Object User"),
        (GCS, "", 418, "Check the reference.", "Check credentials"),
        (AZURE, "AuthenticationFailed", 403, "AZURE_STORAGE_SAS_TOKEN", "Data Contributor"),
        (AZURE, "ContainerNotFound", 404, "Check account and container.", "Create the container"),
    ],
)
def test_what_to_do_depends_on_the_purpose(provider, code, status, reading, storing):
    error = RefusedError("problem", code, status)
    assert reading in provider.load().reading.remedy(error)
    assert storing in provider.load().storing.remedy(error)


def test_a_refusal_with_a_remedy_of_its_own_keeps_it():
    error = RefusedError("problem", "NoSuchBucket", 404, "Do that.")
    assert S3.load().reading.remedy(error) == S3.load().storing.remedy(error) == "Do that."
