"""A long profile for the state machines: ``pytest tests/properties --hypothesis-profile=long``."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "long",
    deadline=None,
    max_examples=2_000,
    stateful_step_count=60,
    suppress_health_check=[HealthCheck.too_slow],
)
