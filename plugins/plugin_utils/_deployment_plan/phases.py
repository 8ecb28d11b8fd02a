# Copyright (c) 2026 SAHOOL Platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phases of a deployment: their order over all hosts, and what people call them."""

from __future__ import annotations

# In the order of the checklist; the name is what stands beside the number of the phase.
TIERS = {
    "data_tier": "data",
    "messaging_tier": "messaging",
    "vector_tier": "vector stores",
    "ai_tier": "AI",
    "gateway_tier": "gateway",
    "application_tier": "applications",
}


def place_in_order(phase: str, tier: str) -> tuple[int, int]:
    """Return what a phase is sorted by: its number, and within phase 1 the tier."""
    return int(phase), list(TIERS).index(tier)


def heading(phase: str, tier: str) -> str:
    """Return the heading of a phase, such as ``Phase 1 - data``."""
    return f"Phase {phase} - {TIERS[tier]}"
