"""What errors of Azure's client mean."""

import asyncio
from types import SimpleNamespace

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ServiceRequestError,
)

from fingerpost.adapters.object_stores.azure.failures import translated
from fingerpost.adapters.object_stores.failures import RefusedError, TransientError


def answered(status, code, headers=None):
    response = SimpleNamespace(status_code=status, reason="reason", headers=headers or {})
    error = HttpResponseError(message="message", response=response)
    error.error_code = code
    return error


def outcome(error):
    async def request():
        raise error

    try:
        asyncio.run(translated(request))
    except (RefusedError, TransientError, FileNotFoundError) as raised:
        return raised
    pytest.fail("nothing was raised")


# *Source*: Microsoft, "Status and error codes" and "Blob service error codes".
@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "BlobNotFound"), (412, "ConditionNotMet"), (404, "")],
)
def test_no_such_blob_and_not_that_version_are_no_such_file(status, code):
    assert isinstance(outcome(answered(status, code)), FileNotFoundError)


@pytest.mark.parametrize(
    ("status", "code", "problem"),
    [
        (404, "ContainerNotFound", "404: ContainerNotFound"),
        (412, "LeaseIdMissing", "412: LeaseIdMissing"),
        (403, "AuthorizationFailure", "403: AuthorizationFailure"),
        (400, "InvalidBlockList", "400: InvalidBlockList"),
        (409, "", "409: reason"),
    ],
)
def test_other_answers_are_refusals(status, code, problem):
    raised = outcome(answered(status, code))
    assert isinstance(raised, RefusedError)
    assert (raised.problem, raised.code, raised.status) == (problem, code, status)


@pytest.mark.parametrize(
    ("error", "retry_after_s"),
    [
        (answered(503, "ServerBusy", {"Retry-After": "7"}), 7.0),
        (answered(503, "ServerBusy", {"Retry-After": "soon"}), None),
        (answered(400, "Md5Mismatch"), None),
        (ServiceRequestError("no route"), None),
        (HttpResponseError("the body broke off"), None),
        (DecodeError("the body was cut off"), None),
        (TimeoutError(), None),
        (ConnectionResetError(), None),
    ],
)
def test_what_may_succeed_later_is_transient(error, retry_after_s):
    raised = outcome(error)
    assert isinstance(raised, TransientError)
    assert raised.retry_after_s == retry_after_s


def test_missing_credentials_are_a_refusal_though_there_is_no_answer():
    raised = outcome(ClientAuthenticationError("no credential was found.\nTo fix it: sign in"))
    assert isinstance(raised, RefusedError)
    assert (raised.problem, raised.status) == ("no credential was found", 401)
