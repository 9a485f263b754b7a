"""Random histories of roles, protection and approvals, beside a model of plain dictionaries."""

import pytest

import machines
from fingerpost.testing import GovernanceMachine
from machines import of_size


class InMemory(machines.InMemory, GovernanceMachine):
    pass


class OnDisk(machines.OnDisk, GovernanceMachine):
    pass


class OnPostgres(machines.OnPostgres, GovernanceMachine):
    pass


@pytest.fixture(autouse=True)
def on_this_server(postgres_server):
    OnPostgres.server = postgres_server


TestInMemory = InMemory.TestCase
TestInMemory.settings = of_size(36, 40)

TestOnDisk = OnDisk.TestCase
TestOnDisk.settings = of_size(10, 30)

TestOnPostgres = OnPostgres.TestCase
TestOnPostgres.settings = of_size(3, 25)
