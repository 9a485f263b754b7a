"""Use cases of automations: rules, secrets and deliveries."""
