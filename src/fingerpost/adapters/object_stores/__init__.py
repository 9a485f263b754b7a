"""Object stores: one client for each provider, which references and content both use."""
