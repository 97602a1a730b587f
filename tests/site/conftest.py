"""The fixture `site` for the tests of the site."""

from tests.site.built import site

__all__ = ["site"]
