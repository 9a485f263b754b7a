"""Random histories on our stores, beside the model of plain dictionaries."""

import pytest

import machines
from fingerpost.testing import RegistryMachine
from machines import of_size


class InMemory(machines.InMemory, RegistryMachine):
    pass


class OnDisk(machines.OnDisk, RegistryMachine):
    pass


class OnPostgres(machines.OnPostgres, RegistryMachine):
    pass


@pytest.fixture(autouse=True)
def on_this_server(postgres_server):
    OnPostgres.server = postgres_server


TestInMemory = InMemory.TestCase
TestInMemory.settings = of_size(60, 30)

TestOnDisk = OnDisk.TestCase
TestOnDisk.settings = of_size(25, 25)

TestOnPostgres = OnPostgres.TestCase
TestOnPostgres.settings = of_size(3, 25)
