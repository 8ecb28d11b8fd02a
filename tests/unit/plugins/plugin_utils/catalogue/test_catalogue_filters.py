# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two filters, as Ansible calls them."""

from __future__ import annotations

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.sahool.platform.plugins.filter import catalogue_findings as findings_filter
from ansible_collections.sahool.platform.plugins.filter import catalogue_services as services_filter
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.check_images import RULE
from ansible_collections.sahool.platform.plugins.plugin_utils._catalogue.request import Request

FINDINGS = findings_filter.FilterModule().filters()["catalogue_findings"]
SERVICES = services_filter.FilterModule().filters()["catalogue_services"]


def test_services_returns_what_runs_and_what_does_not(small):
    result = SERVICES(small, version="v16.0.0", registry="r/s", environment_sets={})

    assert set(result) == {"services", "left_out"}
    assert list(result["services"]) == [name for name in small if name != "demo"]
    assert list(result["left_out"]) == ["demo"]


def test_services_refuses_entries_that_break_the_schema_all_at_once(small):
    overrides = {"kong": {"port": "x"}, "fields": {"phase": 99}}

    with pytest.raises(AnsibleFilterError, match=r"(?s)kong: port: .*\nfields: phase: "):
        SERVICES(small, overrides=overrides)


def test_findings_are_lines_of_text(small):
    lines = FINDINGS(small, registry="r/s", version="latest", environment_sets={"common": {}, "database": {}})

    fix = "pin the release: 4 services, fields the first, run it"
    assert lines == [f"platform: sahool_version: found 'latest'; expected {RULE}; {fix}"]


def test_nothing_given_is_as_good_as_an_empty_value(small):
    none = dict.fromkeys(("overrides", "extra", "exclude", "optional", "environment_sets"))

    assert FINDINGS(small, **none) == FINDINGS(small)
    assert SERVICES(small, **none) == SERVICES(small)


@pytest.mark.parametrize("module", [findings_filter, services_filter])
def test_every_option_is_documented_and_every_documented_option_exists(module):
    documentation = yaml.safe_load(module.DOCUMENTATION)
    function = next(iter(module.FilterModule().filters().values()))
    names = function.__code__.co_varnames[1 : function.__code__.co_argcount]

    assert documentation["name"] == function.__name__
    assert set(documentation["options"]) - {"_input"} == set(names)
    assert set(names) <= set(Request.__dataclass_fields__)
    assert yaml.safe_load(module.EXAMPLES)
    assert yaml.safe_load(module.RETURN)["_value"]["type"]
