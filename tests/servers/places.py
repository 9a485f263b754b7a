"""Places for content on object storage, and looking at what is in them by other means."""

import json
import urllib.request
from collections.abc import Callable
from urllib.parse import quote
from uuid import uuid4

from attrs import frozen


@frozen
class Place:
    """A prefix of a bucket or container.

    Attributes:
        location: URL.
        names: returns all keys, the prefix left out.
        get: returns an object's bytes.
        put: replaces them.
        delete: removes an object.
    """

    location: str
    names: Callable[[], list[str]]
    get: Callable[[str], bytes]
    put: Callable[[str, bytes], object]
    delete: Callable[[str], object]


def s3_place(server, monkeypatch):
    server.use(monkeypatch)
    client, bucket = server.client(), f"bucket-{uuid4().hex[:12]}"
    client.create_bucket(Bucket=bucket)

    def keys():
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="p/")
        return [item["Key"][2:] for page in pages for item in page.get("Contents", ())]

    return Place(
        f"s3://{bucket}/p",
        keys,
        lambda key: client.get_object(Bucket=bucket, Key=f"p/{key}")["Body"].read(),
        lambda key, data: client.put_object(Bucket=bucket, Key=f"p/{key}", Body=data),
        lambda key: client.delete_object(Bucket=bucket, Key=f"p/{key}"),
    )


def azure_place(container):
    client = container.client
    return Place(
        f"az://{container.name}/p",
        lambda: [name[2:] for name in client.list_blob_names(name_starts_with="p/")],
        lambda key: client.download_blob(f"p/{key}").readall(),
        lambda key, data: container.put(f"p/{key}", data),
        lambda key: container.delete(f"p/{key}"),
    )


def gcs_place(bucket):
    base = f"{bucket.endpoint}/storage/v1/b/{bucket.name}/o"

    def get(key):
        url = f"{base}/{quote(f'p/{key}', safe='')}?alt=media"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read()

    def keys():
        with urllib.request.urlopen(f"{base}?prefix=p/", timeout=30) as answer:
            return [item["name"][2:] for item in json.loads(answer.read()).get("items", ())]

    return Place(
        f"gs://{bucket.name}/p",
        keys,
        get,
        lambda key, data: bucket.put(f"p/{key}", data),
        lambda key: bucket.delete(f"p/{key}"),
    )
