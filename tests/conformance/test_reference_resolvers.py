"""Our resolvers keep the contract that third parties' are held to."""

import uuid
from urllib.parse import quote

import pytest
from attrs import evolve

from fingerpost.adapters.references.azure import AzureReferences
from fingerpost.adapters.references.file import FileReferences
from fingerpost.adapters.references.gcs import GCSReferences
from fingerpost.adapters.references.http import HttpReferences
from fingerpost.adapters.references.s3 import S3References
from fingerpost.testing.reference_resolver import (
    BucketResolverConformance,
    FolderResolverConformance,
    ReferenceResolverConformance,
)
from servers.webdav import serving


class TestFiles(FolderResolverConformance):
    @pytest.fixture
    def resolver(self, tmp_path):
        self._root = tmp_path / "data"
        return FileReferences()

    def uri(self, key):
        slash = "/" if key.endswith("/") else ""
        return (self._root / key).as_uri() + slash

    def put(self, key, data):
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def delete(self, key):
        (self._root / key).unlink()


class S3Conformance:
    def new_bucket(self, server, monkeypatch):
        server.use(monkeypatch)
        self._client, self._bucket = server.client(), f"b-{uuid.uuid4().hex[:12]}"
        self._client.create_bucket(Bucket=self._bucket)
        return S3References(attempts=2)

    def uri(self, key):
        pin = "?versionId=" if "?versionId=" in key else ""
        return f"s3://{self._bucket}/{key}{pin}"

    def put(self, key, data):
        self._client.put_object(Bucket=self._bucket, Key=key, Body=data)

    def delete(self, key):
        self._client.delete_object(Bucket=self._bucket, Key=key)


class TestMoto(S3Conformance, BucketResolverConformance):
    more_than_a_page = 120

    @pytest.fixture
    def resolver(self, moto_s3, monkeypatch):
        return self.new_bucket(moto_s3, monkeypatch)


class TestMotoWithVersions(S3Conformance, BucketResolverConformance):
    keeps_versions = True
    more_than_a_page = 120

    @pytest.fixture
    def resolver(self, moto_s3, monkeypatch):
        resolver = self.new_bucket(moto_s3, monkeypatch)
        self._client.put_bucket_versioning(
            Bucket=self._bucket, VersioningConfiguration={"Status": "Enabled"}
        )
        return resolver

    def delete(self, key):
        found = self._client.list_object_versions(Bucket=self._bucket, Prefix=key)
        for version in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
            self._client.delete_object(
                Bucket=self._bucket, Key=version["Key"], VersionId=version["VersionId"]
            )


class TestRclone(S3Conformance, FolderResolverConformance):
    """Its objects are files: a key cannot be a folder of others, too."""

    more_than_a_page = 1001

    @pytest.fixture
    def resolver(self, rclone_s3, monkeypatch):
        return self.new_bucket(rclone_s3, monkeypatch)


class TestGoogleEmulator(BucketResolverConformance):
    """It answers with one page, whatever is asked for: pages are tried on a scripted service."""

    def test_the_first_objects_come_before_the_last_are_listed(self, resolver):
        for number in range(self.more_than_a_page):
            self.put(f"p/{number:06}", b"x")
        told = []
        found = resolver.resolve(evolve(self.reference("p/"), progress=told.append))
        assert sum(1 for _ in found) == sum(told) == self.more_than_a_page

    @pytest.fixture
    def resolver(self, gcs_bucket):
        self._bucket = gcs_bucket
        return GCSReferences()

    def uri(self, key):
        return f"gs://{self._bucket.name}/{key}"

    def put(self, key, data):
        self._bucket.put(key, data)

    def delete(self, key):
        self._bucket.delete(key)


class TestAzurite(BucketResolverConformance):
    @pytest.fixture
    def resolver(self, azure_container, monkeypatch):
        # Azure's pages of 5,000 would take a minute to fill.
        monkeypatch.setattr("fingerpost.adapters.object_stores.azure.client._PAGE_BLOBS", 7)
        self._container = azure_container
        return AzureReferences()

    def uri(self, key):
        return f"{self._container.endpoint}/{self._container.name}/{quote(key)}"

    def put(self, key, data):
        self._container.put(key, data)

    def delete(self, key):
        self._container.delete(key)


class TestWebServer(ReferenceResolverConformance):
    @pytest.fixture
    def resolver(self, tmp_path):
        self._root = tmp_path / "served"
        self._root.mkdir()
        with serving(self._root, tmp_path / "log") as self._url:
            yield HttpReferences()

    def uri(self, key):
        return f"{self._url}/{quote(key)}"

    def put(self, key, data):
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def delete(self, key):
        (self._root / key).unlink()
