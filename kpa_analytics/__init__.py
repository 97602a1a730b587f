"""Training-record analytics for KPA EHS (KPA Flex / NOVARA Flex)."""
